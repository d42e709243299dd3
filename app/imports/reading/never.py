"""Columns that are never imported: whatever says who somebody is, where, when, or on what.

The heading speaks, and so does what stands below it: either is enough, so that a column of e-mail
addresses under an innocent heading stays out as well. A question in whole words that only happens
to speak of names or telephones is let through where its answers are those of a short list.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from app.imports.reading.table import Why
from app.privacy.masking import mask_identifiers

_HEADINGS: Final[Mapping[Why, str]] = {
    "record": r"""(respondent|collector|response|record|session|recipient|submission|instance|case)
        [ ]?(id|number|no\.?)|id|index|uuid|(meta )?instanceid|token|seed|(root|formhub )?uuid
        |custom (data|value|variable)( ?\d+)?|parent (index|table name)|last ?page|status
        |external ?reference|validation status|notes|tags|version|start ?language""",
    "time": r"""timestamp|marca temporal|horodateur|zeitstempel|طابع زمني|dấu thời gian
        |(start|end|completion|started|submission|recorded|interview|total|entry)[ ]?(date|time)
        |date[ ]?(created|modified|submitted|started|completed|last action|stamp)?
        |time|start|end|today|submit ?date|datestamp|(group|question) ?time ?\d*
        |duration( \(.*\))?|created at|updated at|hora de (inicio|finalización)|fecha( y hora)?""",
    "e_mail": r"""e-?mail( address)?|user ?name|correo( electrónico)?
        |dirección de correo electrónico|البريد الإلكتروني|(địa chỉ )?email""",
    "telephone": r"""(tele|mobile |cell )?phone( number)?|mobile( number)?|cell|sms|fax|teléfono
        |celular|número de teléfono|رقم الهاتف|số điện thoại""",
    "name": r"""((your|full|first|last|middle|sur|family|given) ?)?name|nombre( completo)?
        |apellidos?|submitted by|signature|firma|الاسم|họ( và)? tên""",
    "address": r"""((street|home|mailing|postal|your) )?address( line)?( ?\d)?|street|dirección
        |domicilio|calle|city ?/ ?town|state ?/ ?province|zip ?/ ?postal code|العنوان|địa chỉ""",
    "network_address": r"ip( ?addr(ess)?)?|dirección ip",
    "position": r"""(.* )?(gps|geo ?location|geopoint|latitude|longitude|altitude|precision)
        |(location|recipient) ?(latitude|longitude|accuracy)""",
    "device": r"""device ?(id|type)?|sim ?(serial|id)|subscriber ?id|imei|imsi|refurl|referr?er
        |user ?agent|browser|operating system""",
}
_WHOLE: Final = {
    why: re.compile("".join(line.strip() for line in pattern.splitlines()))
    for why, pattern in _HEADINGS.items()
}
_SENTENCES: Final[Mapping[Why, re.Pattern[str]]] = {
    "e_mail": re.compile(r"\be-?mail|correo electrónico"),
    "telephone": re.compile(r"\b(tele|cell ?)?phone number|número de (teléfono|celular)"),
    "name": re.compile(r"\b(your|first|last|full|sur) ?name\b|\bsu nombre\b|nombre completo"),
    "address": re.compile(r"\b(street|home|mailing|your) address\b|\bsu (dirección|domicilio)\b"),
}
_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?"
_CLOCK: Final = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.?m\.?)?"
_ZONE: Final = r"(?: ?(?:z|utc|gmt(?:[+-]\d{1,2})?|[a-z]{3,4}|[+-]\d{2}:?\d{2}))?"
_DAY: Final = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    r"|\d{1,2}[ -][a-z]{3,9}\.?[ -]\d{4}|[a-z]{3,9}\.? \d{1,2},? \d{4})"
)
_CONTENTS: Final[Mapping[Why, re.Pattern[str]]] = {
    "e_mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "time": re.compile(rf"{_WEEKDAY}(?:{_DAY}(?:[t ] ?{_CLOCK}{_ZONE})?|{_CLOCK}{_ZONE})"),
    "position": re.compile(r"-?\d{1,3}\.\d{3,}[ ,;]+-?\d{1,3}\.\d{3,}(?:[ ,;]+-?\d+(?:\.\d+)?)*"),
    "record": re.compile(r"(?:uuid:)?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|\d{9,}"),
    "telephone": re.compile(r"\+\d[\d ().-]{7,17}\d|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}"),
}
_MASKS: Final[Mapping[str, Why]] = {
    "[e-mail]": "e_mail",
    "[phone]": "telephone",
    "[address]": "address",
    "[date]": "time",
}
LOOKED_AT: Final = 300  # different contents of a column
TELLING_SHARE: Final = 0.2
SHORT_LIST: Final = 12
SHORT_CELL: Final = 80


def why_never(question: str, part: str, cells: Sequence[str]) -> Why | None:
    """Why the column stays out; None where it may be mapped."""
    contents = Counter(cell for cell in cells if cell)
    headings = [_plain(heading) for heading in (part, question) if heading]
    for why, pattern in _WHOLE.items():
        if any(pattern.fullmatch(heading) for heading in headings):
            return why
    told = _told_by_contents(contents)
    if told is not None or _is_short_list(contents):
        return told
    for why, pattern in _SENTENCES.items():
        if any(pattern.search(heading) for heading in headings):
            return why
    return None


def _plain(heading: str) -> str:
    """Tools join words with underscores; the last part of a path is the name."""
    last = heading.casefold().rpartition("/")[2] if " " not in heading else heading.casefold()
    return " ".join(last.replace("_", " ").strip(" :?*").split())


def _is_short_list(contents: Counter[str]) -> bool:
    return len(contents) <= SHORT_LIST and contents.total() > 2 * len(contents)


def _told_by_contents(contents: Counter[str]) -> Why | None:
    looked_at = contents.most_common(LOOKED_AT)
    total = sum(n for _, n in looked_at)
    found = Counter[Why]()
    for content, n in looked_at:
        for why in _kinds(content.casefold(), content):
            found[why] += n
    if not found:
        return None
    (why, n), *_ = found.most_common(1)
    return why if n >= TELLING_SHARE * total else None


def _kinds(plain: str, content: str) -> Iterator[Why]:
    for why, pattern in _CONTENTS.items():
        if pattern.fullmatch(plain):
            yield why
            return
    if _is_network_address(plain):
        yield "network_address"
    elif len(content) <= SHORT_CELL:
        masked = mask_identifiers(content)
        yield from (why for mask, why in _MASKS.items() if masked == mask)


def _is_network_address(plain: str) -> bool:
    if plain.count(".") != 3 and plain.count(":") < 2:  # noqa: PLR2004 - as addresses are written
        return False
    try:
        ipaddress.ip_address(plain)
    except ValueError:
        return False
    return True
