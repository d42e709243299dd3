"""The program's own words beside a question."""

from __future__ import annotations

import re

import pytest
import yaml

from app.questions.contract import MISSING_CODES, AnswerProblem
from app.questions.words import FOLDER, problem_words, spoken_language, word

LOCALES = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in FOLDER.glob("*.yaml")}


def test_four_languages_are_spoken() -> None:
    assert set(LOCALES) >= {"en", "es", "ar", "vi"}


@pytest.mark.parametrize("language", sorted(LOCALES))
def test_every_language_has_the_same_keys_and_places(language: str) -> None:
    texts = LOCALES[language]["texts"]
    english = LOCALES["en"]["texts"]
    assert texts.keys() == english.keys()
    for key, text in texts.items():
        assert re.findall(r"{\w+}", text) == re.findall(r"{\w+}", english[key]), key


def test_translations_say_that_nobody_reviewed_them() -> None:
    assert LOCALES["en"]["status"] == "original"
    assert {LOCALES[language]["status"] for language in ("es", "ar", "vi")} == {"draft"}


def test_reserved_answers_have_words() -> None:
    assert MISSING_CODES.keys() <= LOCALES["en"]["texts"].keys()


def test_a_regional_language_uses_the_words_of_its_base() -> None:
    assert spoken_language("es-MX") == "es"
    assert word("es-MX", "dont_know") == "No sé"


def test_a_language_that_is_not_spoken_is_said_so_and_falls_back_to_english() -> None:
    assert spoken_language("so") is None
    assert word("so", "dont_know") == "Don't know"


def test_a_message_names_its_numbers() -> None:
    assert problem_words(AnswerProblem("too_many", {"maximum": 3}), "en").startswith(
        "Please choose 3"
    )
