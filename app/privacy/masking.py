"""What could tell who somebody is, taken out of a text: a number, an address, a name after a title.

Rules for English and Spanish; digits of every script. They find what is written in the usual ways
and no more: whoever reads the text afterwards still has to look.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

Rule = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

_MONTHS: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|march|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|(?-i:May|Mar))\b\.?"
)
_MESES: Final = (
    r"(?:enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre|diciembre)"
)
_ORDINAL: Final = r"\d{1,2}(?:st|nd|rd|th)?\b"
_STREET: Final = (
    r"(?:street|st|avenue|ave?|road|rd|boulevard|blvd|drive|dr|lane|ln|court|ct|place|pl|parkway|"
    r"pkwy|terrace|highway|hwy|circle|cir)\b\.?"
)
# Words that stand between a number and "street" without making an address of it.
_NO_STREET_NAME: Final = (
    r"(?!(?:in|on|of|off|at|to|the|my|our|your|his|her|their|this|that|these|a|an|and|or|for|from|"
    r"per|with|years?|months?|weeks?|days?|hours?|minutes?|times?|people|persons?|officers?|cops?|"
    r"police|cars?|guys?|men|kids|blocks?|feet|miles?|more|dollars|percent)\b)"
)
_TITLE: Final = (
    r"\b((?:Officer|Sgt|Sergeant|Detective|Det|Lieutenant|Lt|Captain|Capt|Chief|Deputy|Sheriff|Mr|"
    r"Mrs|Ms|Miss|Dr|Agente|Oficial|Sargento|Teniente|Capit[aá]n|Comandante|Sr|Sra|Srta|Don|Doña|"
    r"officer|sergeant|detective|deputy|agente|oficial|sargento)\.?)\s+"
)
_NAME: Final = r"[A-ZÁÉÍÓÚÑ][a-záéíóúñ'\u2019]+(?:[ -][A-ZÁÉÍÓÚÑ][a-záéíóúñ'\u2019]+){0,2}"
_CAPITALS: Final = r"[A-Z0-9]{2,4}[- ]?[A-Z0-9]{2,4}\b"


def _rule(
    pattern: str, put: str | Callable[[re.Match[str]], str], flags: int = re.IGNORECASE
) -> Rule:
    return re.compile(pattern, flags), put


def _plate(match: re.Match[str]) -> str:
    return f"{match[1]}[plate]" if re.search(r"\d", match[2]) else match[0]


_RULES: Final[tuple[Rule, ...]] = (
    _rule(r"[\w.+-]+\s?(?:@|\(at\)|\[at\])\s?[\w-]+(?:\.[\w-]+)+", "[e-mail]"),
    _rule(r"[\w.+-]+ (?:at|arroba) [\w-]+ (?:dot|punto) \w{2,4}\b", "[e-mail]"),
    _rule(r"\b(?:https?://|www\.)\S+", "[link]"),
    _rule(r"\b[a-z0-9-]{2,}\.(?:com|org|net|gov|edu|info|io|us|mx|es)\b(?:/\S*)?", "[link]"),
    _rule(r"(?<![\w@])@\w{2,}", "[handle]"),
    _rule(r"(?<!\w)\d{3}[- .]\d{2}[- .]\d{4}(?!\w)", "[number]"),
    _rule(r"\b(ssn|social security|seguro social)(\D{0,20})\d{9}\b", r"\1\2[number]"),
    _rule(r"(?<!\w)\+\d[\d .()-]{7,17}\d\b", "[phone]"),
    _rule(r"(?<!\w)(?:1[ .-]?)?(?:\(\d{3}\)|\d{3})[ .-]?\d{3}[ .-]?\d{4}(?!\w)", "[phone]"),
    _rule(r"(?<![\w-])\d{3}[-.]\d{4}(?![\w-])", "[phone]"),
    _rule(r"(?<![\w/])\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4}(?![\w/])", "[date]"),
    _rule(rf"\b{_MONTHS} {_ORDINAL}(?:,? \d{{4}}\b)?", "[date]"),
    _rule(rf"\b{_ORDINAL} (?:of )?{_MONTHS}(?:,? \d{{4}}\b)?", "[date]"),
    _rule(rf"\b\d{{1,2}} de {_MESES}(?:,? (?:del? )?\d{{4}}\b)?", "[date]"),
    _rule(
        rf"(?<!\w)\d{{1,6}}(?:-\d+)? (?:{_NO_STREET_NAME}[\w'.]+ ){{1,3}}{_STREET}"
        r"(?:,? (?:apt|apartment|unit|suite|#)\.? ?\w+)?",
        "[address]",
    ),
    _rule(
        r"\b(?:c/ ?|(?:calle|avenida|avda?\.?|carrera|camino|paseo|plaza) )"
        r"(?:de(?: la| los| las|l)? )?"
        r"[\w.]+(?: [\w.]+){0,2},? (?:#|n[uú]m(?:ero|\.)? ?|no\. ?|n\.? ?º ?)?\d{1,5}\b",
        "[address]",
    ),
    _rule(
        r"\b((?:license |licence |car )?plates?|matr[ií]cula|placas?)"
        r"((?: (?:number|no\.?|is|was|n[uú]mero|era|es|del? (?:coche|carro|auto)))*:? )"
        rf"((?-i:{_CAPITALS}))",
        lambda m: f"{m[1]}{m[2]}[plate]" if re.search(r"\d", m[3]) else m[0],
    ),
    _rule(r"()\b([A-Z]{3}[- ]?\d{3,4}|\d[A-Z]{3}\d{3})\b", _plate, 0),
    _rule(
        r"\b(badge|case|report|incident|docket|ticket|unit|caso|expediente|reporte|denuncia|placa)"
        r"((?: (?:number|no\.?|is|was|n[uú]mero|n[uú]m\.?|es|era))*[ :#]*)[a-z]{0,3}-?\d[\d-]{2,}",
        r"\1\2[number]",
    ),
    _rule(_TITLE + _NAME, r"\1 [name]", 0),
)


def mask_identifiers(text: str) -> str:
    """Each find gives way to a word in brackets that says what stood there."""
    for pattern, put in _RULES:
        text = pattern.sub(put, text)
    return text
