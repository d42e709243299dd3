"""Both readers of a file of answers see in it what Python's `csv` sees."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.refusals import Refusal
from analysis.table import Table, plain, quoted, read_table, table

PLAIN_CELLS = ("", "1", "5", "-1", "10", "3.0", "é", "北", "1.2345", " 2 ", "North side")
ANY_CELLS = (*PLAIN_CELLS, "a,b", 'say "no"', "two\nlines", '"', "x" * 1200, "\x1c", "\x85")


def _cells(read: Table) -> dict[str, list[str]]:
    return {
        name: [column.cell(row) for row in range(len(column.number))]
        for name, column in read.columns.items()
    }


def _written(rows: list[tuple[str, ...]], ending: str, quoting: int) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator=ending, quoting=quoting).writerows(rows)
    return out.getvalue()


def _as_csv_sees(text: str) -> dict[str, list[str]]:
    heading, *rows = (row for row in csv.reader(io.StringIO(text, newline="")) if row)
    return dict(zip(heading, map(list, zip(*rows, strict=True)), strict=True))


ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.tuples(*[st.sampled_from(ANY_CELLS)] * width), min_size=1, max_size=30
    )
)
QUOTING = st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])


@given(ROWS, st.sampled_from(["\n", "\r\n"]), QUOTING, st.sampled_from(["", "ended"]))
def test_any_file_is_read_as_csv_reads_it(
    rows: list[tuple[str, ...]], ending: str, quoting: int, end: str
) -> None:
    heading = tuple(f"q{i}" for i in range(len(rows[0])))
    text = _written([heading, *rows], ending, quoting)
    text = text if end else text.removesuffix(ending)
    assert _cells(read_table("before", "\ufeff" + text)) == _as_csv_sees(text)


@given(
    st.lists(st.tuples(*[st.sampled_from(PLAIN_CELLS)] * 3), min_size=1, max_size=30),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_plain_files_need_no_csv_and_both_readers_agree(
    rows: list[tuple[str, ...]], ending: str, quoting: int
) -> None:
    text = _written([("a", "b", "c"), *rows], ending, quoting)
    quick, careful = table._plain("before", text), table._quoted("before", text)
    assert quick is not None
    assert _cells(quick) == _cells(careful)
    assert list(quick.rows) == list(careful.rows)


@pytest.mark.parametrize(
    "line",
    [
        '"a,b",1',
        'a"b,1',
        '"a""b",1',
        '"a",b",1',
        '"a,1',
        '""",1',
        '"",""",',
        " \n1,2",
        "\n1,2",
        "1",
    ],
)
def test_a_line_that_is_not_plain_is_left_to_csv(line: str) -> None:
    assert table._plain("before", f"x,y\n1,2\n{line}\n3,4\n") is None


def test_blocks_end_where_lines_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain, "_BLOCK", 64)
    monkeypatch.setattr(quoted, "_BLOCK", 3)
    rng = np.random.default_rng(3)
    rows = [tuple(rng.choice(PLAIN_CELLS, 3).tolist()) for _ in range(200)]
    rows[150] = ("y" * 100, "1", "")
    text = _written([("a", "b", "c"), *rows], "\n", csv.QUOTE_MINIMAL)
    for read in (table._plain("before", text), table._quoted("before", text)):
        assert read is not None
        assert list(zip(*_cells(read).values(), strict=True)) == rows


def test_weights_that_hardly_repeat_keep_their_rows_beside_those_that_do() -> None:
    weights = [f"{1 + i / 1000:.3f}" for i in range(2500)] + ["1.000"] * 2500
    for mark in ("", '"x,y"'):
        text = "w,n\n" + "".join(f"{w},{mark}\n" for w in weights)
        assert _cells(read_table("before", text))["w"] == weights


def test_lines_may_end_as_on_an_old_macintosh() -> None:
    assert _cells(read_table("before", "a,b\r1,2\r3,4\r")) == {"a": ["1", "3"], "b": ["2", "4"]}


def test_a_row_is_named_by_its_line_in_the_file() -> None:
    text = 'a,b\n"two\nlines",1\n\n\n3,4\n'
    read = read_table("before", text)
    assert [int(row) for row in read.rows] == [3, 6]
    assert read.where("b", 1) == "before: column 'b', row 6"


def test_a_column_that_is_not_there_is_empty() -> None:
    column = read_table("before", "a,b\n1,2\n3,4\n").column("c")
    assert [column.cell(row) for row in (0, 1)] == ["", ""]


def test_half_a_character_from_a_broken_program_is_kept_as_it_came() -> None:
    assert _cells(read_table("before", "a,b\n1,\udcff9\n")) == {"a": ["1"], "b": ["\udcff9"]}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a,b\n1,2\n3,"4\n', "before: row 3 is not CSV"),
        ('"a,b\n1,2\n', "before: row 2 is not CSV"),
        ('a,b\n1,2\n"3"x,4\n', "before: row 3 is not CSV"),
        ("a,b\n1,2\n3,4,5\n", "before: row 3 has 3 fields where the heading has 2"),
        ("a,b\n1,2\n3\n", "before: row 3 has 1 fields where the heading has 2"),
        ("a\n\n", "before: the wave is empty"),
        ("\n1,2\n", "before: the file has no heading"),
        ("a\tb\n1\t2\n", "before: the columns are not separated by commas"),
    ],
)
def test_what_is_no_table_is_refused_with_its_row(text: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_table("before", text)
    assert words in str(refused.value)
