"""No font is sent: all that residents read is written in letters that every phone has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Final

import pytest

from app.instruments.load.shipped import shipped_instruments
from app.questions import words
from app.responses.pages.wording import locales

ON_EVERY_PHONE: Final = frozenset({"LATIN", "ARABIC"})


def scripts_of(texts: Iterable[str]) -> set[str]:
    """The scripts of the letters, as Unicode names them."""
    letters = {sign for text in texts for sign in text if unicodedata.category(sign)[0] == "L"}
    return {unicodedata.name(letter).split()[0] for letter in letters}


def texts_of(language: str) -> list[str]:
    every = str([instrument.model_dump() for instrument in shipped_instruments()])
    own = locales()[language]
    return [own.name, *own.texts.values(), *words._texts()[language].values(), every]


@pytest.mark.parametrize("language", locales())
def test_every_language_is_written_in_letters_that_phones_have(language: str) -> None:
    assert scripts_of(texts_of(language)) <= ON_EVERY_PHONE


@pytest.mark.parametrize("text", ["እንኳን ደህና መጡ", "မင်္ဂလာပါ", "नमस्ते", "ខ្មែរ"])
def test_a_planted_script_is_seen(text: str) -> None:
    assert not scripts_of([text]) <= ON_EVERY_PHONE
