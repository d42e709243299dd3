"""The words that the program puts beside a question, in every language it speaks."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from app.questions.contract import AnswerProblem

FALLBACK: Final = "en"


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    text = Path(__file__).with_name("words.yaml").read_text(encoding="utf-8")
    words: dict[str, Any] = yaml.safe_load(text)
    return words


def languages_spoken() -> frozenset[str]:
    """The languages that stand under every key."""
    return frozenset.intersection(*(frozenset(texts) for texts in _words().values()))


def word(language: str, key: str) -> str:
    """The phrase in this language, in its base language (es for es-MX), or in English."""
    texts = _words()[key]
    base = language.partition("-")[0]
    return texts.get(language) or texts.get(base) or texts[FALLBACK]


def words_in(languages: Iterable[str], key: str) -> dict[str, str]:
    return {language: word(language, key) for language in languages}


def problem_words(problem: AnswerProblem, language: str) -> str:
    return word(language, problem.key).format(**problem.details)
