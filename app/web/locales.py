"""Interface texts: one YAML file a language, one key a text, the same keys in every language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml
from babel.core import Locale as Cldr

FOLDER: Final = Path(__file__).parent / "locale"
SOURCE_LANGUAGE: Final = "en"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Direction = Literal["ltr", "rtl"]
Status = Literal["original", "draft", "reviewed"]


@dataclass(frozen=True, slots=True)
class Locale:
    """The texts of one language; calling it gives a text with its places filled in.

    Days and moments are told as the language writes them.
    """

    language: str
    name: str
    direction: Direction
    status: Status
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        told = {place: self._told(value) for place, value in values.items()}
        return self.texts[key].format_map(told)

    def day(self, day: date) -> str:
        month = _cldr(self.language).months["format"]["wide"][day.month]
        return self.texts["day_form"].format(day=day.day, month=month, year=day.year)

    def moment(self, moment: datetime) -> str:
        return f"{self.day(moment)}, {moment:%H:%M}"

    def number(self, value: float, form: str) -> str:
        """`form` as Python spells it; the signs are those of the language."""
        signs = _cldr(self.language).number_symbols["latn"]
        return format(value, form).translate({ord("."): signs["decimal"], ord(","): signs["group"]})

    def _told(self, value: object) -> object:
        if isinstance(value, datetime):
            return self.moment(value)
        return self.day(value) if isinstance(value, date) else value

    def counted(self, key: str, count: int) -> str:
        """A text with a form for each way in which the language counts."""
        form = _cldr(self.language).plural_form(count)
        return self.texts[f"{key}.{form}"].format(count=count)


def read_locales(*rooms: Path) -> dict[str, Locale]:
    """Each language with the texts of this room and of those given; the source language first."""
    paths = sorted(FOLDER.glob("*.yaml"), key=lambda path: (path.stem != SOURCE_LANGUAGE, path))
    return {path.stem: _read(path, [room / path.name for room in rooms]) for path in paths}


def read_room_locales(*rooms: Path) -> dict[str, Locale]:
    """The languages that the first of these has, with the shared texts; the source language first.

    Staff pages speak fewer languages than the pages for residents.
    """
    paths = sorted(rooms[0].glob("*.yaml"), key=lambda path: (path.stem != SOURCE_LANGUAGE, path))
    return {
        path.stem: _read(FOLDER / path.name, [room / path.name for room in rooms]) for path in paths
    }


def _read(path: Path, others: list[Path]) -> Locale:
    document = _document(path)
    texts: dict[str, str] = {}
    is_draft = False
    for part in (document, *map(_document, others)):
        own = dict(_flat(part["texts"]))
        twice = texts.keys() & own.keys()
        if twice:
            raise ValueError(f"{path.name}: the text {min(twice)!r} stands in two rooms")
        texts |= own
        is_draft = is_draft or part["status"] == "draft"
    return Locale(
        language=path.stem,
        name=document["name"],
        direction=document["direction"],
        status="draft" if is_draft else document["status"],
        texts=texts,
    )


def _flat(texts: Mapping[str, str | Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """A counted text is written as one entry with a text for each plural form of CLDR."""
    for key, text in texts.items():
        if isinstance(text, str):
            yield key, text
        else:
            yield from ((f"{key}.{form}", words) for form, words in text.items())


@cache
def _cldr(language: str) -> Cldr:
    return Cldr.parse(language.partition("-")[0])


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - both are safe
    return document
