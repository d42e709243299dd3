"""The contract, held for every kind in the index: a new kind is tested by being there."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, StrictUndefined
from pydantic import TypeAdapter, ValidationError

from analysis.codebook import (
    DONT_KNOW,
    NOT_SHOWN,
    PREFER_NOT_TO_SAY,
    SKIPPED,
    Codebook,
    canonical_json,
)
from app.questions import KINDS, Question
from app.questions.contract import (
    AnswerProblem,
    AreaChoice,
    CodebookContext,
    PageContext,
    QuestionBase,
)
from app.questions.rendering import question_loader, render_question
from app.questions.words import problem_words, word

AREAS = (AreaChoice(1, {"en": "North"}), AreaChoice(2, {"en": "South <1>"}))
LABELS: Any = {
    "dont_know": {"en": "Don't know"},
    "prefer_not_to_say": {"en": "Prefer not to say"},
}
PAGE = PageContext("en", LABELS, AREAS, {"police": "the police", "area": "here", "initiative": "x"})
CONTEXT = CodebookContext(("en",), LABELS, lambda question: f"test/{question}/1", AREAS)
TEMPLATES = Environment(loader=question_loader(), autoescape=True, undefined=StrictUndefined)
QUESTION: TypeAdapter[QuestionBase] = TypeAdapter(Question)

kinds = pytest.mark.parametrize("kind", KINDS)


def example(kind: str, **changes: object) -> QuestionBase:
    document = yaml.safe_load(KINDS[kind].example())
    return QUESTION.validate_python(document | changes)


def offered(question: QuestionBase) -> list[str]:
    return [choice.value for choice in question.choices(PAGE, {})]


def is_typed(question: QuestionBase) -> bool:
    """Whether the page lets a respondent type something that was not offered."""
    page = Reader(render_question(TEMPLATES, question, PAGE, {}))
    fields = page.all("input", "textarea")
    return any(attributes.get("type", "text") == "text" for attributes in fields)


class Reader(HTMLParser):
    """Collects what a screen reader and a form would make of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(str(html))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]


def offered_in(html: str) -> set[str | None]:
    return {attributes.get("value") for attributes in Reader(html).all("input", "option")}


@kinds
def test_a_code_of_one_value_is_what_decoding_says(kind: str) -> None:
    question = example(kind)
    for value, code in question.codes_by_value.items():
        for areas in ((), AREAS):
            assert question.decode({question.id: [value]}, areas) == code
            assert question.check(code, areas) is None
            assert question.check(SKIPPED, areas) is None
    assert "" not in question.codes_by_value


@kinds
def test_the_example_loads_and_survives_freezing(kind: str) -> None:
    question = example(kind)
    document = question.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    assert document["kind"] == kind
    assert QUESTION.validate_python(document) == question


@kinds
def test_an_unknown_key_is_refused(kind: str) -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        example(kind, required=True)


@kinds
def test_an_empty_field_is_skipped_and_never_a_problem(kind: str) -> None:
    question = example(kind)
    empty = {name: [""] for name in question.fields}
    for form in ({}, empty):
        answer = question.decode(form, AREAS)
        nothing = SKIPPED if question.fields else NOT_SHOWN
        assert answer == ("" if question.keeps_words else nothing)


@kinds
def test_each_choice_offered_comes_back_as_itself(kind: str) -> None:
    question = example(kind)
    for value in offered(question):
        answer = question.decode({question.id: [value]}, AREAS)
        assert answer in (int(value), [int(value)])
        assert question.check(answer, AREAS) is None


@kinds
@given(values=st.lists(st.text(max_size=6) | st.integers(-9, 99).map(str), max_size=5))
def test_whatever_is_posted_becomes_a_checked_answer_or_a_problem_with_words(
    kind: str, values: list[str]
) -> None:
    question = example(kind)
    answer = question.decode({question.id: values}, AREAS)
    if isinstance(answer, AnswerProblem):
        assert problem_words(answer, "en")
    elif question.keeps_words:
        assert answer == "" or question.check(answer, AREAS) is None
    elif question.fields:
        assert question.check(answer, AREAS) is None
        is_chosen = set(filter(None, values)) <= set(offered(question))
        assert answer == SKIPPED or is_chosen or is_typed(question)


@kinds
@pytest.mark.parametrize("forged", ["-3", "-4", "+1", "1.0", "1_0", "x", "\u00b2", "9" * 5000])
def test_what_is_neither_offered_nor_an_answer_is_a_problem(kind: str, forged: str) -> None:
    question = example(kind)
    if question.fields and (len(forged) > 1000 or not question.keeps_words):
        assert isinstance(question.decode({question.id: [forged]}, AREAS), AnswerProblem)


@kinds
@pytest.mark.parametrize("forged", ["77", " 1", "1 ", "01", "\u0661"])
def test_a_forged_code_is_a_problem_where_one_can_only_choose(kind: str, forged: str) -> None:
    question = example(kind)
    if question.fields and not is_typed(question):
        assert isinstance(question.decode({question.id: [forged]}, AREAS), AnswerProblem)


@kinds
@pytest.mark.parametrize(
    "stored", [77_777, True, 1.0, "1", None, {}, [77], [True], ["1"], [], [1, 1]]
)
def test_a_stored_answer_that_was_never_offered_is_a_problem(kind: str, stored: object) -> None:
    question = example(kind)
    if not (question.keeps_words and isinstance(stored, str)):
        assert question.check(stored, AREAS) is not None


@kinds
def test_words_of_ones_own_make_no_column_and_are_never_without_a_warning(kind: str) -> None:
    question = example(kind)
    assert question.keeps_words == (question.most_characters > 0)
    if question.keeps_words:
        assert question.columns == ()
        told = "makes_a_code" if question.links_people else "write_no_names"
        assert word("en", told) in Reader(render_question(TEMPLATES, question, PAGE, {})).text


@kinds
def test_every_answer_fills_exactly_the_columns_of_the_codebook(kind: str) -> None:
    question = example(kind)
    variables = question.variables(CONTEXT)
    assert tuple(variable.id for variable in variables) == question.columns
    assert all(variable.question == question.id for variable in variables)
    for value in offered(question):
        answer = question.decode({question.id: [value]}, AREAS)
        assert not isinstance(answer, AnswerProblem)
        row = question.row(answer)
        assert row.keys() == set(question.columns)
        for variable in variables:
            assert row[variable.id] in {category.code for category in variable.categories}
    if question.fields:
        assert question.row(SKIPPED) == dict.fromkeys(question.columns, SKIPPED)


@kinds
def test_the_codebook_survives_being_written_down(kind: str) -> None:
    book = Codebook("test", 1, "hash", {"en": "Test"}, ("en",), example(kind).variables(CONTEXT))
    assert canonical_json(Codebook.from_dict(book.to_dict()).to_dict()) == canonical_json(
        book.to_dict()
    )


@kinds
def test_reserved_answers_count_as_missing_in_the_codebook(kind: str) -> None:
    question = example(kind)
    for variable in question.variables(CONTEXT):
        assert all(code >= 0 for code in variable.valid_codes)
        for category in variable.categories:
            if category.code in {DONT_KNOW, PREFER_NOT_TO_SAY}:
                assert category.is_missing
                assert category.label["en"]


@kinds
def test_the_page_names_every_choice_and_needs_no_script(kind: str) -> None:
    question = example(kind)
    html = render_question(TEMPLATES, question, PAGE, {})
    page = Reader(html)
    assert question.text["en"] in page.text
    for choice in question.choices(PAGE, {}):
        assert choice.label in page.text
    posted = page.all("input", "option")
    values = [attributes["value"] for attributes in posted if attributes["value"]]
    assert values == offered(question)
    assert all(a.get("type") in {"radio", "checkbox", "text"} for a in page.all("input"))
    assert not page.all("script", "style")
    assert not re.search(r"\s(on\w+|style|required|dir|lang)=", html)
    if question.fields:
        assert html.count("<fieldset") == html.count("<legend>") == 1
        assert {a["name"] for a in page.all("input", "select", "textarea")} == set(question.fields)


@kinds
def test_the_message_about_an_answer_is_linked_to_the_question(kind: str) -> None:
    question = example(kind)
    html = render_question(TEMPLATES, question, PAGE, {}, AnswerProblem("not_an_option"))
    page = Reader(html)
    if question.fields:
        described = (page.all("fieldset")[0]["aria-describedby"] or "").split()
        ids = [attributes.get("id") for _, attributes in page.tags]
        assert described
        assert set(described) <= set(ids)
        assert problem_words(AnswerProblem("not_an_option"), "en") in page.text


@kinds
def test_what_was_chosen_before_is_still_chosen(kind: str) -> None:
    question = example(kind)
    for value in offered(question):
        page = Reader(render_question(TEMPLATES, question, PAGE, {question.id: [value]}))
        chosen = [
            attributes["value"]
            for attributes in page.all("input", "option")
            if "checked" in attributes or "selected" in attributes
        ]
        assert chosen == [value]


@kinds
def test_words_from_outside_are_escaped(kind: str) -> None:
    text = '<b>"A" & {police}</b>'
    question = example(kind, text={"en": text})
    page = replace(PAGE, tokens={**PAGE.tokens, "police": "<i>P</i>"})
    html = render_question(TEMPLATES, question, page, {question.id: ['"><script>']})
    assert not Reader(html).all("b", "i", "script")
    assert '<b>"A" & <i>P</i></b>' in Reader(html).text


@kinds
def test_other_languages_get_their_own_words(kind: str) -> None:
    document = yaml.safe_load(KINDS[kind].example().replace("en:", "ar:"))
    question = QUESTION.validate_python(document)
    labels: Any = {name: {"ar": f"ع{name}"} for name in LABELS}
    areas = (AreaChoice(1, {"ar": "الشمال", "en": "North"}),)
    html = render_question(TEMPLATES, question, PageContext("ar", labels, areas), {})
    assert "North" not in html
    assert "ع" in html or "-2" not in offered_in(html)
