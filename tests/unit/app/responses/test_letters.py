"""No font is sent: all that residents read is written in letters that every phone has."""

from __future__ import annotations

import pytest

from app.instruments.lint.languages import ON_PHONES, scripts_of
from app.instruments.load.shipped import shipped_instruments
from app.questions import words
from app.responses.pages.wording import locales


def texts_of(language: str) -> str:
    every = str([instrument.model_dump() for instrument in shipped_instruments()])
    own = locales()[language]
    return " ".join([own.name, *own.texts.values(), *words._texts()[language].values(), every])


@pytest.mark.parametrize("language", locales())
def test_every_language_is_written_in_letters_that_phones_have(language: str) -> None:
    assert scripts_of(texts_of(language)) <= ON_PHONES


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("Cu\u00e1nto, 1.\u00ba, \u0127", {"LATIN"}),
        ("\u0627\u0644\u0634\u0631\u0637\u0629", {"ARABIC"}),
        ("\u12a5\u1295\u12b3\u1295", {"ETHIOPIC"}),
        ("\u1780\u17d2\u1798\u17c2\u179a", {"KHMER"}),
        ("\u1019\u1004\u103a\u1039\u1002\u101c\u102c", {"MYANMAR"}),
        ("\u8b66\u5bdf", {"CJK"}),
    ],
)
def test_what_phones_have_is_known_as_that(text: str, scripts: set[str]) -> None:
    assert scripts_of(text) == scripts <= ON_PHONES


@pytest.mark.parametrize(
    "text", ["\U0001e900\U0001e921", "\U00010d00", "\U0001e100", "\ue000\U00016b00"]
)
def test_a_planted_script_is_seen(text: str) -> None:
    assert not scripts_of(text) <= ON_PHONES
