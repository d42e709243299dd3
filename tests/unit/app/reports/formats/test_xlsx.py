"""The report as a workbook."""

from __future__ import annotations

import io
import zipfile
from functools import cache
from typing import Any, Final

import openpyxl
import pytest
from openpyxl import Workbook

from app.reports.formats.xlsx import write
from app.reports.reading.shown_instrument import Facts
from app.reports.reading.wording import LANGUAGES, read_wording
from tests.unit.app.exports.payloads import PAYLOADS
from tests.unit.app.reports.documents import released, with_labels

LONGEST_NAME: Final = 31
FORBIDDEN: Final = frozenset("[]:*?/\\")


@cache
def workbook(language: str = "en") -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(write(released(), Facts(), language)))


def test_the_first_sheet_is_the_text_and_each_other_is_one_table() -> None:
    text, *tables = workbook().worksheets
    assert {cell.data_type for row in text.iter_rows() for cell in row} <= {"s", "n"}
    assert len(tables) > 5
    for sheet in tables:
        heading = [cell.value for cell in sheet[1]]
        assert heading[:2] == ["Part of the report", "Table"]
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == sheet.dimensions
        assert all(sheet.cell(row, 1).value for row in range(2, sheet.max_row + 1))


def test_numbers_are_numbers_with_their_interval_in_two_columns() -> None:
    change = released()["comparisons"][0]["change"]
    rows = workbook()["Averages and shares"].iter_rows(min_row=1)
    heading, *told = ([cell.value for cell in row] for row in rows)
    lead = next(row for row in told if row[2] == "Average answer: Change")
    row = dict(zip(heading, lead, strict=True))
    assert row["Value"] == change["estimate"]
    assert row["95% interval: from"] == change["ci_low"]
    assert row["95% interval: to"] == change["ci_high"]
    assert row["Adjusted p"] == change["p_adjusted"]


def test_shares_are_written_in_percent_of_one() -> None:
    category = released()["distributions"][0]["waves"]["before"]["categories"][0]
    rows = workbook()["All answers"].iter_rows(min_row=2)
    lead = next(row for row in rows if row[2].value == "Not at all")
    assert (lead[3].value, lead[3].number_format) == (category["share"], "0%")


def test_none_of_two_hundred_formulas_comes_alive() -> None:
    left, seen = iter(PAYLOADS), set()
    for _ in range(8):
        laced = with_labels(released(title={"en": PAYLOADS[0]}), left)
        seen |= {c["label"]["en"] for d in laced["distributions"] for c in categories(d)}
        content = write(laced, Facts(), "en")
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sheets = [packed.read(n).decode() for n in packed.namelist() if "worksheets/" in n]
        assert not any("<f>" in sheet or "<hyperlink" in sheet for sheet in sheets)
    assert len(PAYLOADS) >= 200
    assert seen >= set(PAYLOADS)


def categories(distribution: dict[str, Any]) -> list[dict[str, Any]]:
    found = distribution["waves"]["before"]["categories"]
    return found if isinstance(found, list) else []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_names_its_sheets_as_programs_allow(language: str) -> None:
    words = read_wording(language).texts
    names = [text for key, text in words.items() if key.startswith("sheet_")]
    assert len(set(names)) == len(names)
    assert all(len(name) < LONGEST_NAME and not FORBIDDEN & set(name) for name in names)


def test_arabic_sheets_run_from_the_right() -> None:
    assert all(sheet.sheet_view.rightToLeft for sheet in workbook("ar").worksheets)


def test_the_same_report_is_the_same_file() -> None:
    first, again = (write(released(), Facts(), "en") for _ in range(2))
    assert first == again
