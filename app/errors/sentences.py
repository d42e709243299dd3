"""What errors say: a sentence for each key, in each language that the staff pages speak."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as quick, where it is built
FOLDER: Final = Path(__file__).parent / "locale"
SOURCE_LANGUAGE: Final = "en"
LANGUAGES: Final = (SOURCE_LANGUAGE, "es")
_SIGNS: Final = {"en": str.maketrans({}), "es": str.maketrans(",.", ".,")}
# The file that holds the sentence, then its name in there: accounts.token_label.
_MARK: Final = "phrase"
_KEPT: Final = f'{{"{_MARK}": '
_KEY: Final = re.compile(r"[a-z_]+\.[a-z0-9_]+")


class Phrase:
    """Words with a key, and the values that fill their places.

    A value may be a phrase itself, a list, or words by language.
    """

    __slots__ = ("key", "values")

    def __init__(self, key: str, /, **values: object) -> None:
        self.key = key
        self.values: Mapping[str, object] = values

    def told_in(self, language: str) -> str:
        """In English where the language is not one of the staff pages'."""
        known = language if language in LANGUAGES else SOURCE_LANGUAGE
        room, name = self.key.split(".")
        filled = {place: _filled(value, known) for place, value in self.values.items()}
        return _Filling(known).vformat(_sentences(known, room)[name], (), filled)

    def kept(self) -> str:
        """To be stored, and told later in whichever language."""
        return json.dumps(self, default=_spelled, ensure_ascii=False)


def told_of(kept: str, language: str) -> str:
    """What was kept: a phrase, or a sentence of its own.

    Of one that an earlier version kept, and whose sentence is another by now, the key is told.
    """
    if not kept.startswith(_KEPT):
        return kept
    told: Phrase = json.loads(kept, object_hook=_read)
    try:
        return told.told_in(language)
    except (LookupError, OSError):
        return told.key


def _spelled(value: object) -> object:
    return {_MARK: value.key, "values": value.values} if isinstance(value, Phrase) else str(value)


def _read(document: dict[str, Any]) -> Any:
    return Phrase(document[_MARK], **document["values"]) if _MARK in document else document


class _Filling(Formatter):
    """Numbers take the signs of the language."""

    def __init__(self, language: str) -> None:
        self._signs = _SIGNS[language]

    def format_field(self, value: Any, form: str) -> str:
        text = str(super().format_field(value, form))
        return text.translate(self._signs) if isinstance(value, int | float) else text


def is_key(told: str) -> bool:
    return _KEY.fullmatch(told) is not None


def _filled(value: object, language: str) -> object:
    if isinstance(value, Phrase):
        return value.told_in(language)
    if isinstance(value, Mapping):
        return value.get(language, value[SOURCE_LANGUAGE])
    if isinstance(value, list | tuple):
        return ", ".join(str(_filled(each, language)) for each in value)
    return value


@cache
def _sentences(language: str, room: str) -> Mapping[str, str]:
    text = (FOLDER / language / f"{room}.yaml").read_text(encoding="utf-8")
    document: dict[str, Any] = yaml.load(text, _Loader)  # noqa: S506 - both are safe
    sentences: Mapping[str, str] = document["texts"]
    return sentences
