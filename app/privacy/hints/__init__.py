"""What a reviewer should look at in a text: each rule names itself, so that it can be explained.

`masking` has taken out what is written in the usual ways. These rules are for the eyes of a person:
they point at more, and are wrong more often.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from app.privacy.masking import mask_identifiers

HintRule = Literal["masked", "name", "digits", "place", "role", "time"]


@dataclass(frozen=True, slots=True)
class Hint:
    """A piece of the text and the rule that points at it."""

    rule: HintRule
    words: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The text with a bracket in each place that a rule points at, and why."""

    text: str
    hints: tuple[Hint, ...]


_LETTER: Final = r"[^\W\d_]"
_CAPITAL: Final = r"[A-ZÁÉÍÓÚÑÜ]"
_WORD: Final = rf"{_CAPITAL}{_LETTER}+"
_AFTER: Final = r"(?<=[^\W_][ ,;:(\"'\u00ab\u201c\u00bf\u00a1])"
# Capital letters inside a sentence that name nobody.
_NOBODY: Final = r"(?!(?:I|English|Spanish|American|Police|Policía|God|Dios|TV|OK)\b)"
_RULES: Final[tuple[tuple[HintRule, re.Pattern[str]], ...]] = (
    ("masked", re.compile(r"\[(?:e-mail|link|handle|number|phone|date|address|plate|name)\]")),
    (
        "place",
        re.compile(
            rf"\b{_WORD}(?: {_WORD})* (?:Street|St|Avenue|Ave|Road|Rd|School|Church|Park|Store|"
            rf"Hotel|Hospital|Apartments|Mosque|Temple)\b|\b(?:Calle|Avenida|Escuela|Iglesia|"
            rf"Parque|Hospital|Colonia|Barrio|Plaza) (?:de(?: la| los| las|l)? )?"
            rf"{_WORD}(?: {_WORD})*"
        ),
    ),
    ("name", re.compile(rf"{_AFTER}{_NOBODY}{_WORD}(?:[ -]{_WORD})*")),
    ("digits", re.compile(r"(?<![\w\[])\d[\d.,:/-]*\d(?!\w)|(?<![\w\[])\d(?= ?(?:am|pm)\b)")),
    (
        "time",
        re.compile(
            r"\b(?:yesterday|last (?:night|week|month|Monday|Tuesday|Wednesday|Thursday|Friday|"
            r"Saturday|Sunday)|on (?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|ayer|anoche|"
            r"la semana pasada|el (?:lunes|martes|miércoles|jueves|viernes|sábado|domingo))\b",
            re.IGNORECASE,
        ),
    ),
    (
        "role",
        re.compile(
            r"\b(?:my (?:son|daughter|husband|wife|brother|sister|mother|father|uncle|aunt|cousin|"
            r"boss|neighbou?r)|I am the|I work (?:at|for|as)|mi (?:hijo|hija|esposo|esposa|hermano|"
            r"hermana|madre|padre|tío|tía|primo|prima|jefe|vecino|vecina)|soy (?:el|la)|"
            r"trabajo (?:en|para|como))\b",
            re.IGNORECASE,
        ),
    ),
)
# What is only pointed at: a word of family is no name, and a quote may need it.
_POINTED_AT: Final[frozenset[HintRule]] = frozenset({"masked", "role", "time"})
_PUT: Final = {"digits": "[number]"}


def suggest(text: str) -> Suggestion:
    """What may be left of a text, for a person to judge."""
    told = mask_identifiers(text)
    hints: list[Hint] = []
    for rule, pattern in _RULES:
        hints += [Hint(rule, match[0]) for match in pattern.finditer(told)]
        if rule not in _POINTED_AT:
            told = pattern.sub(_PUT.get(rule, f"[{rule}]"), told)
    return Suggestion(told, tuple(dict.fromkeys(hints)))
