"""Contracts that hold for each kind of data file in the index."""

from __future__ import annotations

import csv
import io

import pytest

from app.exports.catalogue import DOWNLOADS
from app.exports.formats import DATA_FILES
from tests.unit.app.exports.payloads import PAYLOADS
from tests.unit.app.exports.tables import codebook_of, full_table, with_labels
from tests.unit.app.exports.test_text_cells import is_live


class Stream:
    """All that a sink must be able to do: no going back, no asking where it stands."""

    def __init__(self) -> None:
        self.content = b""

    def write(self, some: bytes, /) -> int:
        self.content += some
        return len(some)

    def flush(self) -> None:
        pass


def written(kind: str, table: object = None, language: str = "en") -> bytes:
    sink = Stream()
    DATA_FILES[kind](table or full_table(), language, sink)  # type: ignore[arg-type] # a table or none
    return sink.content


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_what_holds_single_answers_in_the_catalogue_is_what_the_index_writes() -> None:
    assert {d.kind for d in DOWNLOADS if d.of == "wave" and d.has_answers} == DATA_FILES.keys()


@pytest.mark.parametrize("kind", sorted(DATA_FILES.keys() - {"public_use"}))
def test_the_same_answers_give_the_same_bytes(kind: str) -> None:
    assert written(kind) == written(kind)


def test_codes_stand_under_names_and_an_empty_cell_where_nothing_was_asked() -> None:
    table = full_table()
    heading, *rows = read_csv(written("csv_codes"))
    assert heading == [variable.id for variable in table.columns]
    told = [["" if cell is None else str(cell) for cell in row] for row in table.rows()]
    assert rows == told


def test_labels_stand_under_questions_in_the_language_asked_for() -> None:
    table = full_table()
    heading, *rows = read_csv(written("csv_labels", language="ar"))
    item = next(i for i, v in enumerate(table.columns) if v.id == "t1")
    variable = table.columns[item]
    assert heading[item] == variable.text["ar"]
    labels = {c.code: c.label["ar"] for c in variable.categories}
    assert [row[item] for row in rows] == [labels.get(row[item], "") for row in table.rows()]
    assert written("csv_labels", language="ar").startswith(b"\xef\xbb\xbf")


def test_a_wave_without_answers_has_all_its_columns() -> None:
    empty = full_table(n_rows=0)
    assert read_csv(written("csv_codes", empty)) == [[v.id for v in empty.columns]]


@pytest.mark.parametrize("kind", ["csv_codes", "csv_labels"])
def test_no_payload_is_live_in_csv(kind: str) -> None:
    table = full_table(with_labels(codebook_of(), list(PAYLOADS)))
    cells = [cell for row in read_csv(written(kind, table)) for cell in row]
    assert len(cells) > len(PAYLOADS)
    numbers = {str(-code) for code in range(1, 5)}
    assert not [c for c in cells if is_live(c) and c not in numbers]
