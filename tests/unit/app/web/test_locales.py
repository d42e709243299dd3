from __future__ import annotations

import string
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from babel.core import Locale as Cldr

from app.accounts.front import page as front
from app.printing import wording as printed
from app.questions import words
from app.reports.public import page as public_page
from app.reports.reading import wording as report_wording
from app.responses.pages import wording
from app.responses.pages.entry import view as entered
from app.web import locales
from app.web.locales import Locale, read_locales

ROOMS = [
    *(locales.FOLDER, wording.FOLDER, words.FOLDER, report_wording.FOLDER),
    *(printed.FOLDER, entered.FOLDER, public_page.FOLDER, front.FOLDER),
]
LANGUAGES = {"en", "es", "ar", "vi"}
EMPTY = Locale("en", "English", "ltr", "original", {})


def _texts(room: Path) -> dict[str, dict[str, str]]:
    return {
        path.stem: {
            key: _longest(text)
            for key, text in yaml.safe_load(path.read_text(encoding="utf-8"))["texts"].items()
        }
        for path in room.glob("*.yaml")
    }


def _longest(text: str | dict[str, str]) -> str:
    """Of a counted text the form for most numbers: it names the number."""
    return text if isinstance(text, str) else text["other"]


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


COUNTED = [
    (path.stem, key, text)
    for room in ROOMS
    for path in room.glob("*.yaml")
    for key, text in yaml.safe_load(path.read_text(encoding="utf-8"))["texts"].items()
    if isinstance(text, dict)
]


@pytest.mark.parametrize(("language", "key", "forms"), COUNTED)
def test_a_counted_text_has_each_form_that_its_language_has(
    language: str, key: str, forms: dict[str, str]
) -> None:
    assert set(forms) == Cldr.parse(language).plural_form.tags | {"other"}, key


@pytest.mark.parametrize(
    ("language", "count", "words"),
    [
        ("en", 1, "Takes about 1 minute"),
        ("en", 5, "Takes about 5 minutes"),
        ("es", 10, "Toma unos 10 minutos"),
        ("ar", 2, "يستغرق نحو دقيقتين"),
        ("ar", 5, "يستغرق نحو 5 دقائق"),
        ("ar", 12, "يستغرق نحو 12 دقيقة"),
        ("vi", 5, "Mất khoảng 5 phút"),
    ],
)
def test_a_number_takes_the_form_of_its_language(language: str, count: int, words: str) -> None:
    assert wording.locale_for(language).counted("minutes", count) == words
    assert wording.locale_for(f"{language}-US").counted("minutes", count) == words


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


@pytest.mark.parametrize(
    ("language", "day", "number"),
    [
        ("en", "5 March 2027, 09:30", "1,234.50"),
        ("es", "5 de marzo de 2027, 09:30", "1.234,50"),
        ("vi", "ngày 5 tháng 3 năm 2027, 09:30", "1.234,50"),
    ],
)
def test_days_and_numbers_are_told_as_the_language_writes_them(
    language: str, day: str, number: str
) -> None:
    locale = read_locales()[language]
    assert locale.moment(datetime(2027, 3, 5, 9, 30, tzinfo=UTC)) == day
    assert locale.number(1234.5, ",.2f") == number
    told = Locale(language, "", "ltr", "draft", {**locale.texts, "on": "[{day}]"})
    assert told("on", day=date(2027, 3, 5)) == f"[{day.partition(',')[0]}]"


def test_a_text_that_does_not_exist_is_an_error_and_no_empty_place() -> None:
    with pytest.raises(KeyError):
        EMPTY("nothing")
