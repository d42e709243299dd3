"""The words of reports, one YAML file a language, and how that language writes numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from app.reports.reading.written import HUNDRED, Written, pattern_of

FOLDER: Final = Path(__file__).parent / "locale"
SOURCE_LANGUAGE: Final = "en"
LANGUAGES: Final = (SOURCE_LANGUAGE, "es", "ar", "vi")

_MINUS: Final = "\u2212"
_ISOLATE: Final = "\u2066{}\u2069"


@dataclass(frozen=True, slots=True)
class Wording:
    """Calling it gives a text with its places filled in."""

    language: str
    name: str
    is_draft: bool
    is_right_to_left: bool
    decimal_sign: str
    percent: str
    listed_by: Mapping[str, str]
    months: tuple[str, ...]
    date: str
    texts: Mapping[str, str]

    def __call__(self, key: str, /, **values: object) -> str:
        return self.texts[key].format_map(values)

    def knows(self, key: str) -> bool:
        return key in self.texts

    @property
    def direction(self) -> str:
        return "rtl" if self.is_right_to_left else "ltr"

    def number(self, value: float, decimals: int = 0) -> Written:
        text = self._isolated(self._plain(value, decimals))
        return Written(text, value, pattern_of(decimals))

    def signed(self, value: float, decimals: int) -> Written:
        """With its sign, but for a zero: a change that rounds to nothing goes neither way."""
        text = self._plain(value, decimals)
        is_zero = not text.strip(f"{_MINUS}0{self.decimal_sign}")
        if is_zero:
            text = text.lstrip(_MINUS)
        elif value > 0:
            text = f"+{text}"
        return Written(self._isolated(text), value, pattern_of(decimals, is_signed=True))

    def share(self, value: float, decimals: int = 0) -> Written:
        """`value` in percent."""
        text = self._isolated(self.percent.format(self._plain(value, decimals)))
        return Written(text, value / HUNDRED, pattern_of(decimals, is_percent=True))

    def around(self, key: str, number: Written, place: str) -> Written:
        """A text with one number in it, which stays a number."""
        before, after = self.texts[key].split(f"{{{place}}}")
        return number.within(f"{before}{number}{after}", before, after)

    def day(self, iso: str) -> str:
        day = date.fromisoformat(iso[:10])
        return self.date.format(day=day.day, month=self.months[day.month - 1], year=day.year)

    def listed(self, things: Sequence[str]) -> str:
        """One, two and three."""
        head = self.listed_by["between"].join(things[:-1])
        return self.listed_by["last"].join((head, things[-1])) if head else "".join(things)

    def _plain(self, value: float, decimals: int) -> str:
        text = f"{value:.{decimals}f}".replace(".", self.decimal_sign)
        return text.replace("-", _MINUS)

    def _isolated(self, text: str) -> str:
        """Kept left to right inside right-to-left text, so that no sign changes its side."""
        return _ISOLATE.format(text) if self.is_right_to_left else text


@cache
def read_wording(language: str) -> Wording:
    """The words of a language, or of the source language where it has none yet."""
    path = FOLDER / f"{language}.yaml"
    if not path.is_file():
        path = FOLDER / f"{SOURCE_LANGUAGE}.yaml"
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return Wording(
        language=path.stem,
        name=document["name"],
        is_draft=document["status"] == "draft",
        is_right_to_left=document["direction"] == "rtl",
        decimal_sign=document["decimal_sign"],
        percent=document["percent"],
        listed_by=document["listed"],
        months=tuple(document["months"]),
        date=document["date"],
        texts=document["texts"],
    )
