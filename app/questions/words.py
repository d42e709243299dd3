"""The words that the program puts beside a question, in every language it speaks."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

import yaml

from app.questions.contract import AnswerProblem

FOLDER: Final = Path(__file__).parent / "locale"
FALLBACK: Final = "en"


@cache
def _texts() -> Mapping[str, Mapping[str, str]]:
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
        for path in sorted(FOLDER.glob("*.yaml"))
    }


def spoken_language(language: str) -> str | None:
    """The language of the program that serves this one: es for es-MX; None where none does."""
    base = language.partition("-")[0]
    return next((spoken for spoken in (language, base) if spoken in _texts()), None)


def word(language: str, key: str) -> str:
    return _texts()[spoken_language(language) or FALLBACK][key]


def words_in(languages: Iterable[str], key: str) -> dict[str, str]:
    return {language: word(language, key) for language in languages}


def problem_words(problem: AnswerProblem, language: str) -> str:
    return word(language, problem.key).format(**problem.details)
