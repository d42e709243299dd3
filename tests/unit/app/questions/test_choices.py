"""What single kinds add to the contract."""

from __future__ import annotations

from typing import Any

import pytest
from jinja2 import Environment, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from analysis.codebook import DONT_KNOW, NOT_SHOWN, PREFER_NOT_TO_SAY, SKIPPED
from app.questions import Question
from app.questions.contract import AnswerProblem, AreaChoice, CodebookContext, PageContext
from app.questions.rendering import question_loader, render_question
from tests.surveys.read import read

QUESTION: TypeAdapter[Any] = TypeAdapter(Question)
BETTER = read("pick_all").questions[0]
AREA = read("areas_and_tokens").questions[1]
AREAS = (AreaChoice(1, {"en": "North"}), AreaChoice(2, {"en": "South"}))


def better(*values: str) -> object:
    return BETTER.decode({"better": list(values)}, ())


def test_several_answers_are_kept_in_the_order_of_the_options() -> None:
    assert better("3", "1") == [1, 3]
    assert better("2", "2") == [2]


def test_more_answers_than_the_maximum_are_told_with_the_maximum() -> None:
    assert better("1", "2", "3") == AnswerProblem("too_many", {"maximum": 2})


@pytest.mark.parametrize("values", [("4", "1"), ("-2", "1"), ("-1", "-2")])
def test_an_answer_that_stands_alone_is_refused_beside_others(values: tuple[str, ...]) -> None:
    assert better(*values) == AnswerProblem("stands_alone")


def test_a_reserved_answer_alone_is_stored_as_its_code() -> None:
    assert better("-1") == DONT_KNOW
    assert better("-2") == PREFER_NOT_TO_SAY


@pytest.mark.parametrize("stored", [[3, 1], [1, 4], [1, 2, 3], [-1], [1, -2]])
def test_a_stored_list_has_one_form_only(stored: list[int]) -> None:
    assert BETTER.check(stored, ()) is not None


def test_each_option_has_a_column_and_no_answer_fills_them_all() -> None:
    assert BETTER.row([1, 3]) == {"better_1": 1, "better_2": 0, "better_3": 1, "better_4": 0}
    for code in (SKIPPED, NOT_SHOWN, PREFER_NOT_TO_SAY):
        assert set(BETTER.row(code).values()) == {code}


def test_two_answers_to_one_radio_question_are_a_problem() -> None:
    met = read("branching").questions[0]
    assert met.decode({"met": ["1", "2"]}, ()) == AnswerProblem("many_answers")


def test_an_area_of_another_initiative_is_a_problem() -> None:
    assert AREA.decode({"area": ["2"]}, AREAS) == 2
    assert AREA.decode({"area": ["2"]}, AREAS[:1]) == AnswerProblem("not_an_option")


def test_living_elsewhere_counts_as_missing() -> None:
    context = CodebookContext(("en",), {}, str, AREAS)
    (column,) = AREA.variables(context)
    assert AREA.decode({"area": ["0"]}, AREAS) == 0
    assert column.valid_codes == (1, 2)


def test_many_areas_become_a_list_to_open() -> None:
    templates = Environment(loader=question_loader(), autoescape=True, undefined=StrictUndefined)
    areas = tuple(AreaChoice(n, {"en": f"Area {n}"}) for n in range(1, 31))
    labels: Any = {"prefer_not_to_say": {"en": "Prefer not to say"}}
    html = render_question(templates, AREA, PageContext("en", labels, areas), {"area": ["17"]})
    assert '<select name="area"' in html
    assert '<option value="17" selected>Area 17</option>' in html
    assert '<option value=""></option>' in html


def test_ordered_choices_are_ordinal_and_others_are_names() -> None:
    context = CodebookContext(("en",), {}, str)
    document = {
        "id": "age",
        "kind": "single_choice",
        "text": {"en": "How old are you?"},
        "options": [{"code": 1, "label": {"en": "18-34"}}, {"code": 2, "label": {"en": "35+"}}],
    }
    for ordered, level in ((True, "ordinal"), (False, "nominal")):
        question = QUESTION.validate_python({**document, "ordered": ordered})
        assert [column.level for column in question.variables(context)] == [level]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"options": [{"code": 1, "label": {"en": "A"}}]}, "too_short"),
        (
            {"options": [{"code": 1, "label": {"en": "A"}}, {"code": 1, "label": {"en": "B"}}]},
            "duplicate_code",
        ),
        ({"maximum": 3}, "maximum_too_large"),
        ({"favourable": [3]}, "favourable_not_an_option"),
        ({"id": "Bad id"}, "bad_id"),
        ({"text": {}}, "too_short"),
        ({"text": {"en": " "}}, "string_too_short"),
        ({"text": {"en": "Hidden\u202eword"}}, "hidden_character"),
        ({"text": {"en": "Who is {who}?"}}, "unknown_token"),
        ({"show_if": {"when": 1}}, "union_tag_not_found"),
        ({"waves": ["third"]}, "literal_error"),
        ({"kind": "matrix"}, "union_tag_invalid"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(changes: dict[str, object], code: str) -> None:
    document = {
        "id": "better",
        "kind": "multiple_choice",
        "text": {"en": "What?"},
        "options": [{"code": 1, "label": {"en": "A"}}, {"code": 2, "label": {"en": "B"}}],
    }
    with pytest.raises(ValidationError) as caught:
        QUESTION.validate_python({**document, **changes})
    assert code in {error["type"] for error in caught.value.errors()}
