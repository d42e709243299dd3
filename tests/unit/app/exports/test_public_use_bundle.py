"""The public-use file of a wave as it is downloaded."""

from __future__ import annotations

import csv
import io
import json
import random
import zipfile
from collections import Counter
from collections.abc import Iterator

import pytest

from app.errors import Conflict
from app.exports.answers import AnswerTable, Row
from app.exports.bundles.public_use import SEVERAL, write_public_use
from tests.unit.app.exports.tables import codebook_of

ROWS = 300


def drawn_table(rows: int = ROWS) -> AnswerTable:
    """Everybody answers at random, and about themselves as well."""
    book = codebook_of()

    def drawn() -> Iterator[Row]:
        rng = random.Random(rows)
        for _ in range(rows):
            yield [
                rng.choice([c.code for c in v.categories]) if v.categories else None
                for v in book.variables
            ]

    return AnswerTable("a wave", book, rows, drawn)


def opened(table: AnswerTable, language: str = "en") -> dict[str, str]:
    sink = io.BytesIO()
    write_public_use(table, language, sink)
    with zipfile.ZipFile(sink) as archive:
        return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def test_each_person_shares_what_points_to_them_and_no_way_in_is_told() -> None:
    members = opened(drawn_table())
    about = json.loads(members["about.json"])
    rows = list(csv.DictReader(io.StringIO(members["answers.csv"])))
    assert len(rows) == about["rows"] == ROWS
    shared = Counter(tuple(row[name] for name in about["identifiers"]) for row in rows)
    assert min(shared.values()) >= about["least_alike"] == 5
    told = set(rows[0])
    assert "paradata.language" in about["identifiers"]
    assert not {"paradata.mode", "paradata.recruitment", "paradata.quality"} & told
    assert {"t1", "f6", "area"} <= told


def test_a_question_with_several_answers_about_a_person_is_one_column() -> None:
    members = opened(drawn_table())
    book = codebook_of()
    several = {v.question for v in book.variables if v.role == "background" and v.id != v.question}
    assert several
    columns = next(csv.reader(io.StringIO(members["answers.csv"])))
    for question in several:
        assert question in columns
        assert not [column for column in columns if column.startswith(f"{question}_")]
    rows = list(csv.DictReader(io.StringIO(members["codebook.csv"])))
    labels = [row["label"] for row in rows if row["column"] in several]
    assert any("Several of these" in label for label in labels)
    assert SEVERAL not in {int(row["code"]) for row in rows}


def test_its_codebook_describes_each_code_that_stands_in_it() -> None:
    members = opened(drawn_table(), "ar")
    codes: dict[str, set[str]] = {}
    for row in csv.DictReader(io.StringIO(members["codebook.csv"])):
        codes.setdefault(row["column"], set()).add(row["code"])
    for row in csv.DictReader(io.StringIO(members["answers.csv"])):
        for column, code in row.items():
            assert code in codes[column], (column, code)


def test_of_a_small_wave_there_is_none_and_it_says_why() -> None:
    with pytest.raises(Conflict, match="at least 30 answers"):
        opened(drawn_table(29))


def test_where_everybody_answers_alike_nothing_may_be_told_and_it_says_so() -> None:
    book = codebook_of()
    alike = [v.categories[0].code if v.categories else None for v in book.variables]
    table = AnswerTable("a wave", book, ROWS, lambda: iter([alike] * ROWS))
    with pytest.raises(Conflict, match="no answer in it may be told"):
        opened(table)
