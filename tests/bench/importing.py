"""A baseline brought as a file of the largest size: read, and turned into answers."""

from __future__ import annotations

import csv
import io
import random
import resource
import time
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import openpyxl
from xlsxwriter import Workbook

from app.imports.applying import Asked, take_answers
from app.imports.mapping import Fielding, Mapping
from app.imports.reading import read_file
from app.imports.reading.table import MOST_ROWS
from app.questions.contract import AreaChoice
from tests.bench.measure import Measure
from tests.factories import core_trust

QUICK_ROWS: Final = 50
MOST_SECONDS: Final = 10.0
SEED: Final = 20261121
ASKED: Final = Asked(core_trust(), (AreaChoice(1, {"en": "North"}), AreaChoice(2, {"en": "South"})))
FIELDING: Final = Fielding(
    first_day=date(2025, 3, 1),
    last_day=date(2025, 3, 31),
    mode="phone_web",
    recruitment="open",
    language="en",
)
Rows = list[list[str]]


def measure_import(*, is_quick: bool = False) -> Iterator[Measure]:
    rows = _rows(QUICK_ROWS if is_quick else MOST_ROWS)
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    as_csv, as_workbook = text.getvalue().encode(), _workbook(rows)
    reading = read_file(as_csv)
    yield Measure(
        f"{len(rows) - 1:,} rows of {len(rows[0])} columns, CSV",
        _seconds(lambda: read_file(as_csv)),
        "s",
        reference="csv.reader",
        reference_figure=_seconds(lambda: list(csv.reader(io.StringIO(as_csv.decode())))),
        at_most=MOST_SECONDS,
    )
    yield Measure(
        "the same as XLSX",
        _seconds(lambda: read_file(as_workbook), of_children=True),
        "s",
        reference="openpyxl",
        reference_figure=_seconds(lambda: _read_bare(as_workbook)),
        at_most=MOST_SECONDS,
    )
    mapping = Mapping.model_validate({"columns": _columns()})
    yield Measure(
        "turned into answers",
        _seconds(lambda: take_answers(reading, mapping, ASKED, FIELDING)),
        "s",
        at_most=MOST_SECONDS,
    )


def _rows(n: int) -> Rows:
    chance, columns = random.Random(SEED), _columns()
    answers = [list(mapped["codes"]) or ["1", "2"] for mapped in columns.values()]
    rows = [["Timestamp", "Email Address", *columns]]
    for row in range(n):
        who = f"2025-03-{1 + row % 28:02} 09:14:55", f"p{row}@example.org"
        rows.append([*who, *map(chance.choice, answers)])
    return rows


def _columns() -> dict[str, dict[str, object]]:
    return {
        question.id: {
            "question": question.id,
            "codes": {label: code for code, label in ASKED.offered(question, "en")},
        }
        for question in ASKED.questions()
    }


def _workbook(rows: Rows) -> bytes:
    file = io.BytesIO()
    with Workbook(file) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    return file.getvalue()


def _read_bare(content: bytes) -> object:
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True).worksheets[0]
    return list(sheet.iter_rows(values_only=True))


def _seconds(work: Callable[[], object], *, of_children: bool = False) -> float:
    """Of one core, by this process and, where the work is theirs, by its children."""
    began = _spent(of_children=of_children)
    work()
    return _spent(of_children=of_children) - began


def _spent(*, of_children: bool) -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + (used.ru_utime + used.ru_stime if of_children else 0.0)
