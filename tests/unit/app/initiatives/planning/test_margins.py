"""What the console takes of a pasted population, and refuses, the analysis does too."""

from __future__ import annotations

import pytest

from analysis.codebook import Codebook
from analysis.plan import read_plan
from analysis.refusals import Refusal
from app.errors import BadInput
from app.initiatives.planning.margins import MarginQuestion, margin_questions, read_margins
from app.initiatives.planning.population import LONGEST_TABLE, checked_margins, decoded_table
from app.instruments.codebook import build_codebook
from tests.factories import core_trust

HEADING = "variable,level,percent\n"


@pytest.fixture(scope="module")
def codebook() -> Codebook:
    return build_codebook(core_trust(), "follow_up")


@pytest.fixture(scope="module")
def questions(codebook: Codebook) -> list[MarginQuestion]:
    return margin_questions(codebook)


def _table(question: MarginQuestion, unit: str = "percent", separator: str = ",") -> str:
    whole = {"percent": 100.0, "share": 1.0, "count": 5000.0}[unit]
    rows = [
        separator.join((question.id, label["en"], f"{whole / len(question.labels):.6f}"))
        for label in question.labels
    ]
    return "\n".join((separator.join(("variable", "level", unit)), *rows))


@pytest.mark.parametrize("unit", ["percent", "share", "count"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_question_can_be_a_margin_and_the_analysis_takes_it(
    codebook: Codebook, questions: list[MarginQuestion], unit: str, separator: str
) -> None:
    assert {"gender", "age_band", "race"} <= {question.id for question in questions}
    for question in questions:
        if any(separator in label["en"] for label in question.labels):
            continue
        weighting = read_margins(_table(question, unit, separator), questions)
        plan = read_plan({"weighting": weighting}, codebook)
        assert plan.weighting is not None
        assert plan.weighting.amounts.by_variable.keys() == {question.id}


def test_a_level_is_named_by_its_label_in_any_language_or_by_its_code(
    questions: list[MarginQuestion],
) -> None:
    gender = next(question for question in questions if question.id == "gender")
    for spelling in (gender.labels[0]["en"].upper(), "1", gender.levels[1][-1]):
        rows = [
            f"gender,{spelling},40",
            *(f"gender,{c},{60 / (len(gender.levels) - 1)}" for c in list(gender.levels)[1:]),
        ]
        weighting = read_margins(HEADING + "\n".join(rows), questions)
        assert weighting is not None
        assert weighting["margins"]["gender"]["1"] == 40


def test_nothing_pasted_is_no_weighting(questions: list[MarginQuestion]) -> None:
    assert read_margins(" \n", questions) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gender,1,50", "the first line must name three columns"),
        ("variable,level,level\ngender,1,50", "the first line must name three columns"),
        (HEADING, "nothing under the first line"),
        (HEADING + "sex,1,50", "line 2, column 'variable': there is no question 'sex'"),
        (HEADING + "gender,7777,50", "line 2, column 'level': 'gender' has no answer '7777'"),
        (HEADING + "gender,1,much", "line 2, column 'percent': 'much' is no amount"),
        (HEADING + "gender,1,-3", "line 2, column 'percent': '-3' is no amount"),
        (HEADING + "gender,1,nan", "line 2, column 'percent': 'nan' is no amount"),
        (HEADING + "gender,1,50\ngender,1,50", "line 3, column 'level': '1' stands twice"),
        (HEADING + "gender,1,50\ngender,2", "line 3: it has 2 cells"),
        (HEADING + "gender,1,100", "has no line for"),
        (HEADING + "gender,1,70\ngender,2,70\ngender,3,0\ngender,4,0", "add up to 140"),
        (HEADING + "gender,1,0\ngender,2,0\ngender,3,0\ngender,4,0", "must make 100"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_refused_by_the_analysis_too(
    codebook: Codebook, questions: list[MarginQuestion], text: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        read_margins(text, questions)
    with pytest.raises(Refusal):
        read_plan({"weighting": {"margins": text}}, codebook)


def test_two_counts_must_describe_one_population(questions: list[MarginQuestion]) -> None:
    gender, age = (next(q for q in questions if q.id == name) for name in ("gender", "age_band"))
    rows = [f"gender,{code},1000" for code in gender.levels]
    rows += [f"age_band,{code},10" for code in age.levels]
    with pytest.raises(BadInput, match="same population"):
        read_margins("variable,level,count\n" + "\n".join(rows), questions)


SPANISH = (
    "Pregunta;Categoría;Porcentaje\r\ngender;1;51,5\r\ngender;2;46,5\r\n;;\r\n"
    "gender;3;1\r\ngender;4;1;\r\n"
)
READ = {"unit": "percent", "margins": {"gender": {"1": 51.5, "2": 46.5, "3": 1.0, "4": 1.0}}}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_however_a_spreadsheet_has_written_it(
    questions: list[MarginQuestion], encoding: str
) -> None:
    assert read_margins(decoded_table(SPANISH.encode(encoding)), questions) == READ


def test_commas_and_points_in_counts_part_thousands(questions: list[MarginQuestion]) -> None:
    for heading, counts in (
        ("variable;level;count", ("1.234", "12.000", "1.234.567", "8")),
        ("variable,level,count", ('"1,234"', '"12,000"', '"1,234,567"', "8")),
        ("variable\tlevel\tcount", ("1 234", "12\u00a0000", "1\u202f234\u202f567", "8,0")),
    ):
        sign = heading[8]
        rows = [sign.join(("gender", str(code), c)) for code, c in enumerate(counts, 1)]
        weighting = read_margins("\n".join((heading, *rows)), questions)
        assert weighting is not None
        assert list(weighting["margins"]["gender"].values()) == [1234, 12000, 1234567, 8]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("\n\n" + HEADING + "\n,,\ngender,1,much", "line 6, column 'percent'"),
        (HEADING + "gender,1,51,5", "semicolons between the cells"),
        (HEADING + 'gender,"1', "line 2"),
        (HEADING + "gender,1,\0", "line 2"),
        (HEADING + "gender,1,1.234,5", "line 2"),
    ],
)
def test_what_is_wrong_in_a_file_is_told_with_its_own_line(
    questions: list[MarginQuestion], text: str, told: str
) -> None:
    with pytest.raises(BadInput, match=told):
        read_margins(text, questions)


def test_answers_that_there_are_are_named_in_the_reader_s_language(
    questions: list[MarginQuestion],
) -> None:
    for rows, told in (
        ("gender,7777,50", "tiene Mujer, Hombre,"),
        ("gender,1,100", "no tiene línea para «Hombre»"),
        ("race,1,100", "no tiene línea para"),
    ):
        with pytest.raises(BadInput) as caught:
            read_margins(HEADING + rows, questions)
        assert told in caught.value.told_in("es")
    [race] = [question for question in questions if question.id == "race"]
    assert race.labels[-1] == {"en": "two or more", "es": "dos o más"}


def test_what_is_no_table_is_refused_as_a_file() -> None:
    for content, told in (
        (b"PK\x03\x04\x00\x00", "no CSV file"),
        (b"\xff\xfe\x00", "no CSV file"),
        (b"a" * (LONGEST_TABLE + 1), "33 KiB, and at most 32"),
    ):
        with pytest.raises(BadInput, match=told):
            decoded_table(content)


def test_the_table_is_shown_back_with_shares_and_sum(questions: list[MarginQuestion]) -> None:
    [gender] = checked_margins(READ | {"unit": "count"}, questions)
    assert (gender.question, gender.total) == ("gender", 100.0)
    assert [level.share for level in gender.levels] == [0.515, 0.465, 0.01, 0.01]
    known = next(question for question in questions if question.id == "gender")
    assert [level.label for level in gender.levels] == known.labels
    assert gender.levels[0].label["es"] == "Mujer"
