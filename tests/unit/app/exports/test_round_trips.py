"""What we wrote, other programs read: values, labels, missing codes and Arabic text intact."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pyreadstat
import pytest

from analysis.codebook import RESERVED_CODES, Codebook
from app.exports.formats import DATA_FILES
from app.exports.formats.parquet import CODEBOOK_KEY
from app.exports.formats.spss import LONGEST_VALUE_LABEL, missing_ranges
from app.exports.formats.stata import column_names, letters_of
from app.exports.words import cut_to_bytes
from tests.unit.app.exports.payloads import PAYLOADS
from tests.unit.app.exports.tables import codebook_of, full_table, with_labels

LETTERS = dict(zip(RESERVED_CODES, "abcd", strict=True))


def kept(folder: Path, kind: str, language: str = "ar") -> Path:
    path = folder / f"file.{kind}"
    with path.open("wb") as file:
        DATA_FILES[kind](full_table(), language, file)
    return path


def test_spss_gives_back_values_labels_and_missing_codes(tmp_path: Path) -> None:
    frame, about = pyreadstat.read_sav(
        kept(tmp_path, "sav"), user_missing=True, output_format="polars"
    )
    table = full_table()
    assert frame.columns == [v.id for v in table.columns]
    assert frame.rows() == list(table.rows())
    for variable in table.columns:
        assert about.column_names_to_labels[variable.id] == variable.text.get(
            "ar", variable.text["en"]
        )
        assert about.variable_value_labels[variable.id] == {
            c.code: cut_to_bytes(c.label.get("ar", c.label["en"]), LONGEST_VALUE_LABEL)
            for c in variable.categories
        }
    assert about.missing_ranges["t1"] == [{"lo": -4.0, "hi": -1.0}]
    assert about.variable_measure["t1"] == "ordinal"


def test_spss_takes_every_missing_code_of_every_column_for_missing() -> None:
    for variable in codebook_of().variables:
        ranges = missing_ranges(variable)
        for category in variable.categories:
            is_declared = any(
                declared["lo"] <= category.code <= declared["hi"]
                if isinstance(declared, dict)
                else declared == category.code
                for declared in ranges
            )
            assert is_declared == category.is_missing, (variable.id, category.code)


def test_stata_gives_back_letters_for_what_is_missing(tmp_path: Path) -> None:
    frame, about = pyreadstat.read_dta(
        kept(tmp_path, "dta"), user_missing=True, output_format="polars"
    )
    table = full_table()
    assert frame.columns == column_names([v.id for v in table.columns])
    letters = [letters_of(variable) for variable in table.columns]
    expected = [
        tuple(of.get(cell, cell) for of, cell in zip(letters, row, strict=True))  # type: ignore[arg-type] # None has no letter
        for row in table.rows()
    ]
    assert [tuple(row) for row in frame.rows()] == expected
    item = next(v for v in table.columns if v.id == "t1")
    assert about.variable_value_labels["t1"] == {
        LETTERS.get(c.code, c.code): c.label["ar"] for c in item.categories
    }


def test_a_mean_in_stata_counts_no_code_of_a_missing_answer(tmp_path: Path) -> None:
    frame, _ = pyreadstat.read_dta(kept(tmp_path, "dta"), output_format="polars")
    assert all(value is None or value >= 0 for row in frame.rows() for value in row)


def test_names_for_stata_are_legal_and_no_two_alike() -> None:
    long = "a" * 40
    names = column_names([long, long + "b", "paradata.mode", "paradata_mode", "t1"])
    assert len(set(names)) == 5
    assert all(len(name) <= 32 and name.isidentifier() for name in names)
    assert names[4] == "t1"


def test_parquet_gives_back_whole_numbers_and_the_codebook(tmp_path: Path) -> None:
    read = pq.read_table(kept(tmp_path, "parquet"))
    table = full_table()
    rows = zip(*(column.to_pylist() for column in read.columns), strict=True)
    assert list(rows) == list(table.rows())
    about = read.schema.metadata[CODEBOOK_KEY.encode()]
    assert Codebook.from_dict(json.loads(about)).variable("t1").text["ar"]


def test_a_workbook_gives_back_typed_numbers_and_what_they_mean(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(kept(tmp_path, "xlsx"), read_only=True)
    heading, *rows = book["answers"].iter_rows(values_only=True)
    table = full_table()
    assert list(heading) == [v.id for v in table.columns]
    assert rows == list(table.rows())
    labels = {row[5] for row in book["codebook"].iter_rows(min_row=2, values_only=True)}
    item = next(v for v in table.columns if v.id == "t1")
    assert {c.label["ar"] for c in item.categories} <= labels


def _cells(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book for row in sheet.iter_rows() for cell in row]


def test_no_payload_is_a_formula_in_a_workbook() -> None:
    sink = io.BytesIO()
    table = full_table(with_labels(codebook_of(), list(PAYLOADS)))
    DATA_FILES["xlsx"](table, "en", sink)
    cells = _cells(sink.getvalue())
    assert len(cells) > len(PAYLOADS)
    assert {cell.data_type for cell in cells} <= {"n", "s", "inlineStr"}
    assert not [cell.value for cell in cells if cell.hyperlink]


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_a_label_that_is_too_long_is_cut_between_characters(kind: str, tmp_path: Path) -> None:
    long = "ثقة " * 200
    table = full_table(with_labels(codebook_of(), [long]))
    path = tmp_path / f"file.{kind}"
    with path.open("wb") as file:
        DATA_FILES[kind](table, "en", file)
    read = pyreadstat.read_sav if kind == "sav" else pyreadstat.read_dta
    _, about = read(path, output_format="polars", user_missing=True)
    label = about.column_names_to_labels["q0"]
    assert label.endswith("…")
    assert long.startswith(label[:-1])
    assert len(label) > 30
