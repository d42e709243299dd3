"""Numbers, bands and consent: what these kinds add to the contract."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from analysis.codebook import DONT_KNOW, NOT_SHOWN, PREFER_NOT_TO_SAY, SKIPPED
from app.questions import KINDS, Question
from app.questions.contract import AnswerProblem, CodebookContext, PageContext
from app.questions.rendering import question_loader, render_question

QUESTION: TypeAdapter[Any] = TypeAdapter(Question)
LABELS: Any = {
    "dont_know": {"en": "Don't know", "es": "No sé"},
    "prefer_not_to_say": {"en": "Prefer not to say", "es": "Prefiero no decirlo"},
}
CONTEXT = CodebookContext(("en",), LABELS, str)
TEMPLATES = Environment(loader=question_loader(), autoescape=True, undefined=StrictUndefined)
HALF = "\u0663\u066b\u0665"  # three and a half in Arabic digits
VISIT_BANDS = [
    {"code": 1, "from": 0, "to": 0},
    {"code": 2, "from": 1, "to": 4},
    {"code": 3, "from": 5, "to": 99},
]
AGE_BANDS = [{"code": 1, "from": 18, "to": 34}, {"code": 2, "from": 35}]


def question(kind: str, **changes: object) -> Any:
    return QUESTION.validate_python(yaml.safe_load(KINDS[kind].example()) | changes)


def typed(*values: str, **changes: object) -> object:
    return question("number", **changes).decode({"visits": list(values)}, ())


def refused(kind: str, **changes: object) -> set[str]:
    with pytest.raises(ValidationError) as caught:
        question(kind, **changes)
    return {error["type"] for error in caught.value.errors()}


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("99", 99),
        (" 12 ", 12),
        ("007", 7),
        ("٤٢", 42),
        ("۴۲", 42),
        ("\uff14\uff12", 42),
    ],
)
def test_a_number_is_read_as_people_type_it_in_any_digits(written: str, number: int) -> None:
    assert typed(written) == number


@pytest.mark.parametrize("written", ["100", "3.5", "3,5", "1e1", "-3", "two", "1 2", "1_0", HALF])
def test_what_is_no_whole_number_in_range_is_told_with_the_range(written: str) -> None:
    assert typed(written) == AnswerProblem("not_a_number", {"minimum": 0, "maximum": 99})


def test_a_number_or_a_way_not_to_give_one_but_not_both() -> None:
    assert typed("", "-1") == DONT_KNOW
    assert typed("-2") == PREFER_NOT_TO_SAY
    assert typed("3", "-2") == AnswerProblem("many_answers")
    assert typed(" ") == SKIPPED


def test_a_number_without_bands_is_stored_as_it_is() -> None:
    (column,) = question("number").variables(CONTEXT)
    assert column.level == "numeric"
    assert {category.code for category in column.categories} == {DONT_KNOW, PREFER_NOT_TO_SAY}
    assert question("number").check(99, ()) is None
    assert question("number").check(100, ()) is not None


@pytest.mark.parametrize(("written", "band"), [("0", 1), ("1", 2), ("4", 2), ("5", 3), ("99", 3)])
def test_with_bands_only_the_band_is_stored(written: str, band: int) -> None:
    assert typed(written, bands=VISIT_BANDS) == band


@pytest.mark.parametrize(("written", "band"), [("0.9", 1), ("4,99", 2), ("5.0", 3), (HALF, 2)])
def test_a_decimal_number_counts_with_its_whole_part(written: str, band: int) -> None:
    assert typed(written, bands=VISIT_BANDS, decimals=True) == band
    assert isinstance(typed("99.5", bands=VISIT_BANDS, decimals=True), AnswerProblem)


def test_the_bands_of_a_number_are_its_categories() -> None:
    banded = question("number", bands=VISIT_BANDS, favourable=[3])
    (column,) = banded.variables(CONTEXT)
    assert column.level == "ordinal"
    assert [(c.code, c.label["en"]) for c in column.categories if not c.is_missing] == [
        (1, "0"),
        (2, "1 to 4"),
        (3, "5 to 99"),
    ]
    assert column.higher_is_favourable
    assert banded.check(3, ()) is None
    assert banded.check(7, ()) is not None


@given(number=st.integers(0, 99))
def test_every_number_in_range_has_one_band(number: int) -> None:
    band = typed(str(number), bands=VISIT_BANDS)
    assert [b["code"] for b in VISIT_BANDS if b["from"] <= number <= b["to"]] == [band]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"minimum": 99}, "empty_range"),
        ({"minimum": -1}, "greater_than_equal"),
        ({"maximum": 1.5}, "int_type"),
        ({"decimals": True}, "decimals_without_bands"),
        ({"bands": VISIT_BANDS[:2]}, "bands_fall_short"),
        ({"bands": VISIT_BANDS[:1]}, "too_short"),
        ({"bands": VISIT_BANDS[::-1]}, "bands_do_not_meet"),
        ({"bands": [VISIT_BANDS[0], VISIT_BANDS[2]]}, "bands_do_not_meet"),
        (
            {"bands": [VISIT_BANDS[0], {**VISIT_BANDS[1], "code": 1}, VISIT_BANDS[2]]},
            "bands_do_not_meet",
        ),
        ({"bands": [{"code": 1, "label": {"en": "a"}}, *VISIT_BANDS]}, "band_without_ends"),
        ({"bands": [{"code": 1, "to": 4}, {"code": 2, "from": 4}]}, "bands_do_not_meet"),
        ({"bands": [{"code": 1, "from": 0}, {"code": 2, "from": 4}]}, "bands_do_not_meet"),
        ({"bands": [{"code": 1, "from": 9, "to": 0}, {"code": 2, "from": 1}]}, "bands_do_not_meet"),
        ({"bands": "many"}, "tuple_type"),
        ({"favourable": [1]}, "favourable_not_a_band"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(changes: dict[str, object], code: str) -> None:
    assert code in refused("number", **changes)


def test_what_was_typed_comes_back_with_the_problem() -> None:
    form = {"visits": ['"><b>many', "-2"]}
    html = render_question(
        TEMPLATES,
        question("number"),
        PageContext("en", LABELS),
        form,
        AnswerProblem("many_answers"),
    )
    assert 'value="&#34;&gt;&lt;b&gt;many"' in html
    assert 'value="-2" checked' in html
    assert "A number from 0 to 99." in html
    assert 'inputmode="decimal"' in html


def test_a_hint_of_its_own_replaces_the_range() -> None:
    asked = question("number", hint={"en": "Count each time."})
    html = render_question(TEMPLATES, asked, PageContext("en", LABELS), {})
    assert "Count each time." in html
    assert "A number from" not in html


@pytest.mark.parametrize(
    ("of", "language", "labels"),
    [
        ("age", "en", ["18 to 34", "35 or older"]),
        ("year", "en", ["18 to 34", "35 or later"]),
        ("age", "es", ["De 18 a 34", "35 o más"]),
        ("age", "ar", ["من 18 إلى 34", "35 أو أكثر"]),
        ("age", "vi", ["Từ 18 đến 34", "35 trở lên"]),
        ("age", "es-MX", ["De 18 a 34", "35 o más"]),
    ],
)
def test_bands_get_their_names_from_the_program(of: str, language: str, labels: list[str]) -> None:
    asked = question("year_or_age_band", of=of, bands=AGE_BANDS, text={language: "?"}, missing=[])
    page = PageContext(language, LABELS)
    assert [choice.label for choice in asked.choices(page, {})] == labels


def test_an_open_start_and_an_own_name() -> None:
    bands = [{"code": 1, "to": 17, "label": {"en": "A child"}}, {"code": 2, "from": 18}]
    asked = question("year_or_age_band", of="age", bands=bands, text={"en": "?", "es": "¿?"})
    labels = {
        tag: [c.label for c in asked.choices(PageContext(tag, LABELS), {})] for tag in ("en", "es")
    }
    assert labels["en"][0] == "A child"
    assert labels["es"][0] == "17 o menos"


def test_the_names_of_bands_are_frozen_with_the_question() -> None:
    asked = question("year_or_age_band")
    document = asked.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert document["bands"][0] == {"code": 1, "to": 1999, "label": {"en": "1999 or earlier"}}
    assert QUESTION.validate_python(document) == asked


def test_a_band_is_chosen_and_stored_by_its_code() -> None:
    asked = question("year_or_age_band")
    assert asked.decode({"since": ["3"]}, ()) == 3
    assert asked.decode({"since": ["2016"]}, ()) == AnswerProblem("not_an_option")
    (column,) = asked.variables(CONTEXT)
    assert (column.level, column.role) == ("ordinal", "background")
    assert column.valid_codes == (1, 2, 3, 4)
    assert asked.condition_codes == {1, 2, 3, 4, DONT_KNOW, PREFER_NOT_TO_SAY}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"of": "height"}, "literal_error"),
        ({"bands": AGE_BANDS[:1]}, "too_short"),
        ({"bands": [*AGE_BANDS, {"code": 3, "from": 60}]}, "bands_do_not_meet"),
        ({"bands": [{"code": 1, "from": "18"}, {"code": 2, "from": 35}]}, "int_type"),
        ({"bands": [1, 2]}, "model_type"),
        ({"favourable": [9]}, "favourable_not_an_option"),
    ],
)
def test_bands_that_make_no_sense_are_refused(changes: dict[str, object], code: str) -> None:
    assert code in refused("year_or_age_band", **changes)


def test_a_tick_is_stored_as_a_code_and_nothing_else() -> None:
    asked = question("consent")
    assert asked.decode({"adult": ["1"]}, ()) == 1
    assert asked.decode({"adult": ["1", "1"]}, ()) == AnswerProblem("many_answers")
    assert asked.decode({"adult": ["yes"]}, ()) == AnswerProblem("not_an_option")
    (column,) = asked.variables(CONTEXT)
    assert (column.role, column.valid_codes) == ("background", (1,))


def test_a_consent_that_is_needed_is_the_only_answer_that_can_be_asked_back() -> None:
    needed = question("consent", needed=True)
    assert needed.decode({}, ()) == AnswerProblem("consent_needed")
    assert needed.decode({"adult": ["1"]}, ()) == 1
    assert needed.check(SKIPPED, ()) == AnswerProblem("consent_needed")
    assert needed.check(NOT_SHOWN, ()) is None
    for kind in KINDS.keys() - {"consent"}:
        assert "extra_forbidden" in refused(kind, needed=True)
