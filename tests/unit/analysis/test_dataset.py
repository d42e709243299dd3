"""Files of answers: what is read, and what is refused with column, row, value and remedy."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.dataset import DesignColumns, read_wave, rows_as_csv
from analysis.refusals import Refusal
from tests.unit.analysis.books import book, number, question, table

BOOK = book(
    question("trust", missing=(-1,)),
    number("years", missing=(-1,)),
    question("age", (1, 2), role="background"),
)
GOOD = {"trust": [5, None, -1, -3], "years": [1.5, None, -1, -4], "age": [1, 2, 2, None]}


def test_codes_become_scores_and_missing_codes_and_empty_cells_do_not() -> None:
    wave = read_wave("before", table(GOOD), BOOK)
    trust = wave.coded["trust"]
    assert wave.n == 4
    np.testing.assert_array_equal(trust.scores(), [5, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(trust.indicator([4, 5]), [1, np.nan, np.nan, np.nan])
    assert [(*trust.codes, None)[i] for i in trust.index] == [5, None, -1, -3]
    assert trust.index.dtype == np.int8


def test_numbers_keep_their_value_and_count_each_reason_for_missing() -> None:
    years = read_wave("before", table(GOOD), BOOK).numeric["years"]
    np.testing.assert_array_equal(years.values, [1.5, np.nan, np.nan, np.nan])
    assert years.missing == {-4: 1, -3: 0, -1: 1, None: 1}


def test_whole_numbers_with_a_point_spaces_and_a_byte_order_mark_are_read() -> None:
    text = "\ufefftrust,years,age\r\n3.0, 2,1\r\n\r\n 4 ,3,2\r\n"
    wave = read_wave("before", text, BOOK)
    assert wave.coded["trust"].scores().tolist() == [3, 4]
    assert wave.numeric["years"].values.tolist() == [2, 3]


def test_a_background_column_that_was_not_asked_may_be_absent() -> None:
    wave = read_wave("before", "trust,years\n3,2\n", BOOK)
    assert np.isnan(wave.coded["age"].scores()).all()


def test_many_options_take_a_wider_column() -> None:
    many = book(question("place", range(300)))
    wave = read_wave("before", table({"place": [299, 0]}), many)
    assert wave.coded["place"].scores().tolist() == [299, 0]


def test_rows_of_mappings_become_the_same_csv() -> None:
    text = rows_as_csv(["trust", "years"], [{"trust": 5, "years": None}, {"years": 2}])
    assert text == "trust,years\n5,\n,2\n"


def test_design_columns_are_read_beside_the_answers() -> None:
    columns = DesignColumns(weight="w", stratum="s", psu="p", person_code="c", fpc="size")
    answers = {"trust": [1], "years": [2], "w": [0.5], "s": ["N"], "p": [7], "c": [None]}
    wave = read_wave("before", table({**answers, "size": [9]}), BOOK, columns)
    assert wave.weight is not None
    assert wave.fpc is not None
    assert (wave.weight[0], wave.fpc[0]) == (0.5, 9)
    assert {role: label[0] for role, label in wave.labels.items()} == {
        "stratum": "N",
        "psu": "7",
        "person_code": "",
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no heading"),
        ("\n", "no heading"),
        ("trust,years,age\n", "the wave is empty"),
        ("trust,,age\n1,2,1\n", "column 2 has no name"),
        ("trust,trust,years\n1,1,2\n", "column 'trust' stands twice"),
        ("trust;years\n1;2\n", "not separated by commas"),
        ("trust,years,age\n1,2,1\n1,2\n", "row 3 has 2 fields where the heading has 3"),
        ('trust,years,age\n1,"2,1\n', "is not CSV"),
        ("trust,years,shoe\n1,2,3\n", "column 'shoe' is neither a question"),
        ("years,age\n1,2\n", "column 'trust' of the instrument is missing"),
        ("trust,years\n1,2\n7,2\n", "column 'trust', row 3: '7' is not a code of this question"),
        ("trust,years\n2.5,2\n", "'2.5' is not a code"),
        ("trust,years\nnan,2\n", "'nan' is not a code"),
        ("trust,years\nyes,2\n", "'yes' is not a code"),
        ("trust,years\n-2,2\n", "'-2' is not a code"),
        ("trust,years\n0_3,2\n", "'0_3' is not a code"),
        ("trust,years\n1,1_0\n", "'1_0' is not a number"),
        ("trust,years\n1,many\n", "column 'years', row 2: 'many' is not a number"),
        ("trust,years\n1,nan\n", "'nan' is not a finite number"),
        ("trust,years\n1,-inf\n", "'-inf' is not a finite number"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_place_and_remedy(text: str, words: str) -> None:
    with pytest.raises(Refusal, match=r"^before: ") as refused:
        read_wave("before", text, BOOK)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        ("0", "'0' is not above zero"),
        ("-1", "'-1' is not above zero"),
        ("", "is empty; every row needs a weight"),
        ("heavy", "'heavy' is not a number"),
        ("inf", "'inf' is not a finite number"),
    ],
)
def test_a_weight_that_is_none_is_refused(weight: str, words: str) -> None:
    text = f"trust,years,w\n1,2,1\n1,2,{weight}\n"
    with pytest.raises(Refusal, match="column 'w', row 3") as refused:
        read_wave("after", text, BOOK, DesignColumns(weight="w"))
    assert words in str(refused.value)


def test_an_empty_stratum_is_refused() -> None:
    with pytest.raises(Refusal, match="column 's', row 2 is empty"):
        read_wave("before", "trust,years,s\n1,2,\n", BOOK, DesignColumns(stratum="s"))


def test_a_design_column_that_the_file_lacks_is_refused() -> None:
    with pytest.raises(Refusal, match="names the column 'w' as weight"):
        read_wave("before", "trust,years\n1,2\n", BOOK, DesignColumns(weight="w"))


def test_questions_of_the_other_wave_are_passed_over() -> None:
    text = "trust,years,heard\n1,2,\n"
    assert read_wave("before", text, BOOK, ignored={"heard"}).n == 1
