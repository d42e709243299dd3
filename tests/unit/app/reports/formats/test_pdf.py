"""The report on paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import pypdfium2
import pytest

from app.reports.formats.pdf import write
from app.reports.reading.shown_instrument import Facts
from tests.unit.app.reports.documents import released

LINE: Final = 6.0


@dataclass(frozen=True)
class Sheet:
    """filled: how far down the page its words reach, as a part of its height."""

    text: str
    footer: str
    filled: float


@cache
def sheets(language: str) -> tuple[Sheet, ...]:
    document = pypdfium2.PdfDocument(write(released(is_simulated=True), Facts(), language))
    try:
        return tuple(_read(page.get_textpage(), page.get_height()) for page in document)
    finally:
        document.close()


def _read(page: Any, high: float) -> Sheet:
    """The lowest line as the eye reads it: from left to right."""
    boxes = [(page.get_charbox(i), page.get_text_range(i, 1)) for i in range(page.count_chars())]
    lowest = min(bottom for (_, bottom, _, top), sign in boxes if sign.isdigit() and top > bottom)
    line = [(left, sign) for (left, bottom, *_), sign in boxes if abs(bottom - lowest) < LINE]
    footer = "".join(sign for _, sign in sorted(line) if sign.isdigit() or sign == "/")
    above = [bottom for (_, bottom, _, top), _ in boxes if bottom > lowest + LINE and top > bottom]
    return Sheet(page.get_text_range(), footer, 1 - min(above) / high)


def test_the_file_says_that_screen_readers_can_read_it() -> None:
    content = write(released(), Facts(), "en")
    assert b"/MarkInfo" in content
    assert b"<pdfuaid:part>1</pdfuaid:part>" in content


@pytest.mark.parametrize("language", ["en", "ar"])
def test_page_numbers_read_from_left_to_right_in_every_language(language: str) -> None:
    told = sheets(language)
    assert len(told) > 2
    assert [sheet.footer for sheet in told] == [f"{n}/{len(told)}" for n in range(1, len(told) + 1)]


def test_pages_are_filled_but_where_the_numbers_or_a_tall_picture_begin_one() -> None:
    half_empty = [n for n, sheet in enumerate(sheets("en")[:-1], 1) if sheet.filled < 0.6]
    assert len(half_empty) <= 2, half_empty


def test_every_page_of_made_up_answers_says_so() -> None:
    assert all("Simulated data." in sheet.text for sheet in sheets("en"))


def test_words_of_an_agency_stay_words() -> None:
    marked = "#panic() *bold* $x$ <label> @ref"
    document = pypdfium2.PdfDocument(write(released(run_by={"en": marked}), Facts(), "en"))
    told = "".join(page.get_textpage().get_text_range() for page in document)
    document.close()
    assert f"Run by: {marked}." in told
