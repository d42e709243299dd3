"""What a program that reads a file aloud finds in it: docs/accessibility.md says no more."""

from __future__ import annotations

import pytest

from app.printing.paper import print_paper
from app.printing.wording import printed_locale
from tests.unit.app.printing.fielded import LANGUAGES, on_paper, pages

READABLE = {"en", "es", "vi"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_can_be_taken_out_of_every_file_but_the_arabic_ones(language: str) -> None:
    sheet = on_paper()
    locale = printed_locale(sheet, language)
    told = " ".join(pages(print_paper(sheet, language, "a4")))
    sentences = [locale(key) for key in ("before_title", "print_paper_how_title", "limits")]
    found = [sentence in told for sentence in sentences]
    assert found == [language in READABLE] * len(sentences)
