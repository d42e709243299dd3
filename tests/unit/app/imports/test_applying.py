"""A mapping turns columns into answers by the rules that a resident's form is read by."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import NOT_SHOWN, SKIPPED
from app.errors import BadInput
from app.imports.applying import Asked, asked_questions, reworded_questions, take_answers
from app.imports.mapping import Fielding, Mapping, checked_fielding, read_mapping_file
from app.imports.proposing import Wording, propose_columns
from app.imports.reading import Reading, read_file
from app.questions.contract import AreaChoice
from tests.factories import core_trust, instrument_from

EXPORTS: Final = Path(__file__).parent / "exports"
SURVEYS: Final = Path(__file__).parents[3] / "surveys"
AREAS: Final = (AreaChoice(1, {"en": "North"}), AreaChoice(2, {"en": "South"}))
ASKED: Final = Asked(core_trust(), AREAS)
FIELDING: Final = Fielding(
    first_day=date(2025, 3, 4),
    last_day=date(2025, 3, 6),
    mode="phone_web",
    recruitment="open",
    language="en",
)
TRUST: Final = {"Not at all": 1, "A little": 2, "Some": 3, "A lot": 4, "Completely": 5}


def mapping(**columns: dict[str, Any]) -> Mapping:
    return Mapping.model_validate({"columns": columns})


def table(*lines: str) -> Reading:
    return read_file("\n".join(lines).encode())


def answers(reading: Reading, wanted: Mapping, asked: Asked = ASKED) -> list[dict[str, Any]]:
    """In an order of their own: the rows are shuffled."""
    taken = take_answers(reading, wanted, asked, FIELDING)
    rows = [json.loads(row.answers) for _, row in taken.rows]
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))


def export(name: str) -> Reading:
    return read_file((EXPORTS / f"{name}.csv").read_bytes())


def test_columns_of_one_option_each_make_one_answer() -> None:
    race = "What is your race or ethnicity?"
    wanted = Mapping.model_validate(
        {
            "columns": {
                "How much do you trust the police here?": {"question": "t1", "codes": TRUST},
                f"{race} [White]": {"question": "race", "codes": {"White": 7}},
                f"{race} [Asian]": {"question": "race", "codes": {"Asian": 2}},
                f"{race} [Hispanic or Latino]": {
                    "question": "race",
                    "codes": {"Hispanic or Latino": 4},
                },
            }
        }
    )
    reading = export("surveymonkey")
    assert answers(reading, wanted) == [
        {"race": [2], "t1": 3},
        {"race": [4, 7], "t1": 4},
        {"race": [4], "t1": 1},
        {"race": [7], "t1": 4},
    ]
    assert take_answers(reading, wanted, ASKED, FIELDING).empty_rows == 1
    assert asked_questions(wanted, ASKED) == ["t1", "race"]
    assert reworded_questions(wanted) == ["race", "t1"]


def test_several_answers_in_one_cell_are_taken_apart() -> None:
    wanted = mapping(
        **{
            "back/race": {
                "question": "race",
                "separator": " ",
                "codes": {"white": 7, "asian": 2},
            }
        }
    )
    assert answers(export("kobo"), wanted) == [{"race": [2, 7]}, {"race": [2]}]


def test_ticks_are_named_like_every_other_content() -> None:
    codes = {"1": 7, "0": None}
    wanted = mapping(**{"back/race [white]": {"question": "race", "codes": codes}})
    taken = take_answers(export("kobo"), wanted, ASKED, FIELDING)
    assert [json.loads(row.answers) for _, row in taken.rows] == [{"race": [7]}]
    assert taken.left_out == {"back/race [white]": 1}
    assert taken.empty_rows == 1


def test_what_nobody_gave_a_code_is_refused_by_name() -> None:
    wanted = mapping(t1={"question": "t1", "codes": {"A4": 4}})
    with pytest.raises(BadInput, match="'t1': no answer is named for 'A1'"):
        take_answers(export("limesurvey"), wanted, ASKED, FIELDING)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"t9": {"question": "t1"}}, "no column 't9'"),
        ({"token": {"question": "t1"}}, "never imported"),
        ({"t1": {"question": "x1"}}, "asks no question 'x1'"),
        ({"t1": {"question": "t1", "codes": {"A4": 9}}}, "no such answer"),
        (
            {
                "t1": {"question": "t1", "codes": {"A4": 4, "A1": 1}},
                "grid [SQ001]": {"question": "t1", "codes": {"A2": 2, "A5": 5}},
            },
            "takes one answer",
        ),
        ({"race [other]": {"question": "race"}}, "No row"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(columns: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        take_answers(export("limesurvey"), mapping(**columns), ASKED, FIELDING)


def test_a_question_that_the_condition_hides_is_told_and_not_taken() -> None:
    reading = table("met,who", "Yes,Me", "No,Me", "No,")
    wanted = mapping(
        met={"question": "k1", "codes": {"Yes": 1, "No": 2}},
        who={"question": "k2", "codes": {"Me": 1}},
    )
    assert answers(reading, wanted) == [
        {"k1": 1, "k2": 1},
        {"k1": 2, "k2": NOT_SHOWN},
        {"k1": 2, "k2": NOT_SHOWN},
    ]
    assert take_answers(reading, wanted, ASKED, FIELDING).unasked["k2"] == 1


def test_a_question_whose_condition_the_file_lacks_was_put_to_everybody() -> None:
    reading = table("who,trust", "Me,Some", ",Some")
    wanted = mapping(
        who={"question": "k2", "codes": {"Me": 1}}, trust={"question": "t1", "codes": TRUST}
    )
    assert answers(reading, wanted) == [{"k2": SKIPPED, "t1": 3}, {"k2": 1, "t1": 3}]


def test_an_area_is_the_place_of_the_response() -> None:
    reading = table("Where,x", "Downtown,1", "Uptown,1")
    wanted = mapping(Where={"question": "area", "codes": {"Downtown": 1, "Uptown": 2}})
    taken = take_answers(reading, wanted, ASKED, FIELDING)
    assert sorted(str(row.area) for _, row in taken.rows) == ["1", "2"]
    modes = {(row.mode, row.recruitment, row.language, row.quality) for _, row in taken.rows}
    assert modes == {("phone_web", "open", "en", 0)}


def test_numbers_are_read_as_they_are_typed() -> None:
    asked = Asked(instrument_from(SURVEYS / "typed_and_ticked.yaml"), ())
    (typed,) = [q for q in asked.questions() if asked.is_typed(q)][:1]
    reading = table("How many?,x", "2,1", "many,1", "3,1")
    taken = take_answers(reading, mapping(**{"How many?": {"question": typed.id}}), asked, FIELDING)
    assert len(taken.rows) == 2
    assert taken.unfit[typed.id] == 1


def test_own_words_are_masked_and_kept_apart_and_only_where_they_are_asked() -> None:
    asked = Asked(instrument_from(SURVEYS / "own_words.yaml"), ())
    worded = max(asked.instrument.worded("baseline"), key=lambda q: q.most_characters)
    told = "Is there anything else you want to say?"
    taken = take_answers(
        export("google_forms"), mapping(**{told: {"question": worded.id}}), asked, FIELDING
    )
    texts = sorted(written.text for _, written in taken.words)
    assert len(texts) == 3
    assert "555-010-2233" not in " ".join(texts)
    assert {json.loads(row.answers).get(worded.id) for _, row in taken.rows} == {None}
    ids = {name for name, _ in taken.rows} & {name for name, _ in taken.words}
    assert not ids
    with pytest.raises(BadInput, match="asks no question"):
        take_answers(
            export("google_forms"), mapping(**{told: {"question": worded.id}}), ASKED, FIELDING
        )


def test_a_content_that_could_tell_who_somebody_is_needs_no_code_and_is_left_out() -> None:
    reading = table("trust,x", *["Some,1"] * 9, "ana@example.org,1")
    wanted = mapping(trust={"question": "t1", "codes": {"Some": 3}})
    taken = take_answers(reading, wanted, ASKED, FIELDING)
    assert (len(taken.rows), taken.left_out["trust"]) == (9, 1)


def test_a_proposal_names_what_stands_there_in_the_instruments_words() -> None:
    wording = Wording(ASKED, {"police": {"en": "P"}, "initiative": {"en": "I"}, "area": {}})
    proposed = propose_columns(export("google_forms"), wording)
    trust = proposed["How much do you trust the police here?"]
    assert (trust.question, trust.same_words) == ("t1", True)
    assert trust.codes == {"A lot": 4, "Some": 3, "Completely": 5}
    age = proposed["How old are you?"]
    assert (age.question, age.codes["35 to 44"]) == ("age_band", 3)
    race = proposed["What is your race or ethnicity?"]
    assert (race.separator, race.same_words) == (";", True)
    assert race.codes == {"White": 7, "Hispanic or Latino": 4, "Asian": 2}
    grid = proposed["How often do the police here [treat people with respect?]"]
    assert (grid.question, grid.same_words) == ("f1", True)


def test_a_proposal_never_guesses_what_a_number_stands_for() -> None:
    wording = Wording(ASKED, {"police": {}, "initiative": {}, "area": {}})
    proposed = propose_columns(table("t1,x", "1,1", "5,1"), wording)
    assert proposed["t1"].codes == {}
    assert not proposed["t1"].same_words


def test_a_mapping_file_says_where_it_is_wrong() -> None:
    fielding = FIELDING.model_dump(mode="json")
    for document, words in (
        ("{", "the file"),
        (json.dumps({"fielding": fielding, "columns": {}}), "columns"),
        (json.dumps({"fielding": fielding, "columns": {"a": {"question": "A B"}}}), "question"),
        (
            json.dumps(
                {"fielding": fielding, "columns": {"a": {"question": "t1", "codes": {"b": "?"}}}}
            ),
            "columns / a / codes / b",
        ),
        (
            json.dumps(
                {"fielding": fielding, "columns": {"a": {"question": "t1"}}, "names": "all"}
            ),
            "names",
        ),
    ):
        with pytest.raises(BadInput, match=words):
            read_mapping_file(document)


def test_days_must_lie_in_order_and_in_the_past() -> None:
    assert checked_fielding(FIELDING, date(2025, 3, 6)) == FIELDING
    with pytest.raises(BadInput, match="first day"):
        checked_fielding(FIELDING, date(2025, 3, 5))


@given(
    st.lists(
        st.tuples(st.sampled_from([*TRUST, ""]), st.sampled_from([*TRUST, ""])), min_size=1
    ).filter(lambda rows: any(a or b for a, b in rows))
)
def test_as_many_answers_come_out_as_went_in(rows: list[tuple[str, str]]) -> None:
    reading = table("a,b,x", *(f"{a},{b},1" for a, b in rows))
    wanted = mapping(a={"question": "t1", "codes": TRUST}, b={"question": "l2", "codes": TRUST})
    taken = take_answers(reading, wanted, ASKED, FIELDING)
    assert len(taken.rows) + taken.empty_rows == len(rows)
    assert taken.answered["t1"] == sum(bool(a) for a, _ in rows)
    assert taken.answered["l2"] == sum(bool(b) for _, b in rows)
