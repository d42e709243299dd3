"""The questionnaire on paper asks what the page asks, and shows staff what to type."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.errors import BadInput
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.printing.paper import print_paper
from app.printing.routing import PaperRoutes, numbered
from app.printing.wording import printed_locale
from app.questions import KINDS
from app.questions.schema import fill_tokens
from app.typesetting import ROOT
from tests.factories import core_trust
from tests.surveys.read import names, read
from tests.unit.app.printing.fielded import LANGUAGES, fielded, on_paper, pages, scanned

SHIPPED = {instrument.id: instrument for instrument in shipped_instruments()}
TOKENS = {"police": "the Riverside Police", "initiative": "Walking beats", "area": "this area"}


def words_of(instrument: Instrument, language: str = "en", **wish: object) -> str:
    return " ".join(pages(print_paper(on_paper(instrument, **wish), language, "a4")))


def _squeezed(text: str) -> str:
    """Without spaces and hyphens: a narrow column may break a word."""
    return re.sub(r"[\s\u00ad\u2010\ufffe\x02-]+", "", text)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_print_beside_its_page(kind: str) -> None:
    assert (ROOT / "questions" / KINDS[kind].template.replace(".html", ".typ")).is_file()


@pytest.mark.parametrize("instrument", SHIPPED.values(), ids=SHIPPED)
def test_every_question_and_every_answer_with_its_code_is_on_paper(instrument: Instrument) -> None:
    words = _squeezed(words_of(instrument))
    page = instrument.page_context("en", on_paper().areas, TOKENS)
    for number, question in enumerate(instrument.asking("follow_up"), start=1):
        assert _squeezed(f"{number}. {fill_tokens(question.text['en'], TOKENS)}") in words
        for choice in question.choices(page, {}):
            assert _squeezed(choice.label) in words
            assert choice.value.removeprefix("-") in words


@pytest.mark.parametrize("name", names())
def test_whatever_an_instrument_asks_can_be_printed(name: str) -> None:
    instrument = read(name)
    if "en" in instrument.languages:
        assert words_of(instrument)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_speaks_every_language_and_each_page_says_where_it_belongs(language: str) -> None:
    printed = pages(print_paper(on_paper(), language, "letter"))
    assert 3 <= len(printed) <= 5
    for number, words in enumerate(printed, start=1):
        assert "6789" in words
        assert language.upper() in words
        numbers = {f"{number} / {len(printed)}", f"{len(printed)} / {number}"}
        assert any(told in words for told in numbers)  # a reader may turn Arabic pages round


def test_the_first_page_says_who_asks_what_is_kept_and_how_to_fill_it_in() -> None:
    first = pages(print_paper(on_paper(), "en", "a4"))[0]
    for said in (
        "Who asks: Riverside Neighbours",
        "Your choice has no effect on any service",
        "never given to police officers",
        "Somebody types your answers into a computer",
        "Do not write your name",
        "someone who knows your handwriting",
        "24 months",
    ):
        assert said in first
    assert "internet address" not in first


def test_what_the_page_hides_the_paper_tells_to_pass_over() -> None:
    words = words_of(core_trust())
    assert "Only if you marked “Yes” in question 26:" in words
    assert words.count("go to question 30") == 3
    assert "Only if" not in words_of(SHIPPED["pulse"])


def _conditions() -> Iterator[tuple[str, str]]:
    instrument = read("branching")
    collector = fielded(instrument)
    locale = printed_locale(collector, "en")
    page = instrument.page_context("en", (), TOKENS)
    asked = numbered(instrument.questions)
    routes = PaperRoutes(asked, page, locale)
    for one in asked:
        if one.question.show_if is not None:
            yield one.question.id, routes.only_if(one.question.show_if)


def test_every_condition_has_its_words() -> None:
    assert dict(_conditions()) == {
        "both": "Only if you marked “Yes” in question 1 and you marked “Yes” in question 2:",
        "either": "Only if you marked “Yes” in question 1 or you marked “Yes” in question 2:",
        "unsaid": "Only if you marked “Prefer not to say” in question 1:",
        "not_met": "Only if this is not so: (you marked “Yes” in question 1):",
        "chained": "Only if you marked “Yes” in question 5:",
        "not_chained": "Only if this is not so: (you marked “Yes” in question 8):",
        "noisy": "Only if you marked “Noise” or “Nothing” in question 3:",
    }


def test_questions_with_the_same_answers_stand_in_one_grid() -> None:
    """The labels of six questions in a row are printed once."""
    words = words_of(core_trust())
    between = words[words.index("4. How often") : words.index("10. How easy")]
    assert between.count("Rarely") == 0
    assert between.count("?") == 6


def test_paper_for_one_area_does_not_ask_for_it() -> None:
    assert "Which area do you live in?" in words_of(core_trust())
    assert "Which area do you live in?" not in words_of(core_trust(), area_code=1)


def test_nothing_on_paper_leads_to_the_page_where_staff_enter_it() -> None:
    pdf = print_paper(on_paper(), "en", "a4")
    assert scanned(pdf) == []
    assert not any("agency" in words or "/entry" in words for words in pages(pdf))


def test_paper_needs_a_collector_of_its_own() -> None:
    with pytest.raises(BadInput, match="mode paper"):
        print_paper(fielded(), "en", "a4")
