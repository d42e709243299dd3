"""A poster is one page in every language, and its code opens the survey."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

import pytest

from app.errors import BadInput
from app.printing.poster import print_poster
from app.printing.wording import PAPER_SIZES, PaperSize
from app.questions.contract import AreaChoice
from tests.unit.app.printing.fielded import (
    LANGUAGES,
    fielded,
    left_edge,
    on_paper,
    pages,
    scanned,
    second_line,
    size,
)

BASE: Final = "https://trust.springfield.example"
MILLIMETRES: Final = {"a4": (210, 297), "letter": (216, 279)}


@pytest.mark.parametrize("paper", PAPER_SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_poster_is_one_page_whose_code_opens_the_survey(language: str, paper: PaperSize) -> None:
    pdf = print_poster(fielded(), language, paper, base_url=f"{BASE}/")
    assert size(pdf) == MILLIMETRES[paper]
    assert len(pages(pdf)) == 1
    assert scanned(pdf) == [f"{BASE}/s/agency0123456789"]


def test_a_poster_says_who_asks_what_is_promised_and_in_which_languages() -> None:
    [words] = pages(print_poster(fielded(area_code=2), "en", "a4", base_url=BASE))
    for said in (
        "What do you think of the Riverside Police?",
        "For people in South",
        "trust.springfield.example/s/agency0123456789",
        "Everyone can read the result here",
        "trust.springfield.example/results/abcdef0123456789",
        "You can skip any question",
        "never given to police officers",
        "We do not keep your internet address",
        "Riverside Neighbours",
        "+1 555 0100",
        "English · Español · ",
        "Tiếng Việt",
    ):
        assert said in words
    assert "Example" not in words


def test_a_telephone_number_keeps_its_order_in_a_line_of_arabic() -> None:
    reached = replace(fielded().initiative, notice={"contact": "555 0100"})
    poster = print_poster(fielded(initiative=reached), "ar", "a4", base_url=BASE)
    assert left_edge(poster, "555") < left_edge(poster, "0100")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_for_whom_it_is_may_take_two_lines_that_stand_clear_of_each_other(language: str) -> None:
    area = {"en": "the North and the Old Harbour", "ar": "الحي الشمالي والميناء القديم في المدينة"}
    wide = fielded(area_code=1, areas=(AreaChoice(1, area),))
    below, letters_high = second_line(print_poster(wide, language, "a4", base_url=BASE), "·")
    assert below > 1.1 * letters_high


def test_an_example_says_so() -> None:
    simulated = replace(fielded().initiative, is_simulated=True)
    [words] = pages(print_poster(fielded(initiative=simulated), "en", "a4", base_url=BASE))
    assert "No real police force asks here" in words


def test_long_names_make_a_poster_smaller_and_never_a_second_page() -> None:
    long = replace(
        fielded().initiative,
        police_name={"en": "the Metropolitan Police of Springfield and of the County " * 3},
        notice={"run_by": "The Council of Neighbours and of all the Others " * 4},
    )
    address = "https://a-rather-long-name-of-a-survey-service.city-of-springfield.example"
    pdf = print_poster(fielded(initiative=long), "en", "letter", base_url=address)
    [words] = pages(pdf)
    assert "Metropolitan" in words
    assert scanned(pdf) == [f"{address}/s/agency0123456789"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_screen_reader_gets_structure_language_and_a_name_for_the_code(language: str) -> None:
    pdf = print_poster(fielded(), language, "a4", base_url=BASE)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert b"/MarkInfo<</Marked true" in pdf
    assert b"/Lang(%s)" % language.encode() in pdf
    assert re.search(rb"/S/Figure[^>]*/Alt", pdf)


def test_every_letter_comes_from_a_font_that_is_in_the_file() -> None:
    pdf = print_poster(fielded(), "ar", "a4", base_url=BASE)
    names = set(re.findall(rb"/FontName/[A-Z]{6}\+(\w+)", pdf))
    assert names == {b"NotoSans", b"NotoSansArabic"}


def test_a_sign_that_no_font_has_is_told_and_not_left_out() -> None:
    strange = replace(fielded().initiative, notice={"run_by": "Riverside 蛙"})
    with pytest.raises(BadInput, match=r"cannot be printed.*蛙"):
        print_poster(fielded(initiative=strange), "en", "a4", base_url=BASE)


def test_what_the_agency_writes_stays_words() -> None:
    sly = replace(fielded().initiative, notice={"run_by": "#panic() *A* [B] $x$ \\ `C`"})
    [words] = pages(print_poster(fielded(initiative=sly), "en", "a4", base_url=BASE))
    assert "#panic() *A* [B] $x$ \\ `C`" in words


def test_only_a_link_has_a_poster_and_only_in_languages_of_the_wave() -> None:
    with pytest.raises(BadInput, match="for paper"):
        print_poster(on_paper(), "en", "a4", base_url=BASE)
    with pytest.raises(BadInput, match="asks for a code"):
        print_poster(fielded(recruitment="group_code"), "en", "a4", base_url=BASE)
    with pytest.raises(BadInput, match="Choose one of: en, es, ar, vi"):
        print_poster(fielded(), "so", "a4", base_url=BASE)
