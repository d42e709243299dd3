from __future__ import annotations

import string
from pathlib import Path

import pytest
import yaml

from app.questions import words
from app.responses.pages import wording
from app.web import locales
from app.web.locales import Locale, read_locales

ROOMS = [locales.FOLDER, wording.FOLDER, words.FOLDER]
LANGUAGES = {"en", "es", "ar", "vi"}
EMPTY = Locale("en", "English", "ltr", "original", {})


def _texts(room: Path) -> dict[str, dict[str, str]]:
    return {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["texts"]
        for path in room.glob("*.yaml")
    }


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def gaps(texts: dict[str, dict[str, str]]) -> list[str]:
    """What one language says and another does not, or says with other places to fill."""
    source = texts["en"]
    return [
        f"{language}: {key}"
        for language, own in texts.items()
        for key in source.keys() | own.keys()
        if not own.get(key) or key not in source or _places(own[key]) != _places(source[key])
    ]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.parent.name)
def test_every_language_has_every_text_with_the_same_places(room: Path) -> None:
    texts = _texts(room)
    assert set(texts) == LANGUAGES
    assert gaps(texts) == []


@pytest.mark.parametrize(
    "planted",
    [
        {"en": {"a": "A", "b": "B"}, "es": {"a": "A"}},
        {"en": {"a": "A"}, "es": {"a": "A", "b": "B"}},
        {"en": {"a": "A"}, "es": {"a": ""}},
        {"en": {"a": "{minutes}"}, "es": {"a": "{minutos}"}},
    ],
)
def test_a_planted_gap_is_found(planted: dict[str, dict[str, str]]) -> None:
    assert gaps(planted)


def test_translations_nobody_has_reviewed_are_called_drafts() -> None:
    read = wording.locales()
    assert {language: locale.status for language, locale in read.items()} == {
        "ar": "draft",
        "en": "original",
        "es": "draft",
        "vi": "draft",
    }
    assert {language: locale.direction for language, locale in read.items()} == {
        "ar": "rtl",
        "en": "ltr",
        "es": "ltr",
        "vi": "ltr",
    }


def test_a_text_of_two_rooms_is_refused(tmp_path: Path) -> None:
    for language in LANGUAGES:
        content = 'status: original\ntexts: {not_found_title: "Nothing"}'
        (tmp_path / f"{language}.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match="not_found_title"):
        read_locales(tmp_path)


def test_a_text_that_does_not_exist_is_an_error_and_no_empty_place() -> None:
    with pytest.raises(KeyError):
        EMPTY("nothing")
