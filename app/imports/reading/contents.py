"""What stands in a cell and could tell who somebody is, whatever stands above it.

Some contents say it for sure: an e-mail address is one. Others only look like it: a licence plate
looks like the code of an answer. These count where the cells of a column differ from person to
person, as what names people does and answers do not.
"""

from __future__ import annotations

import ipaddress
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from app.imports.reading.folding import fold
from app.imports.reading.table import Why
from app.privacy.masking import mask_identifiers

_WEEKDAY: Final = r"(?:(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mie|jue|vie|sab|dom)[a-z]*,? )?"
_CLOCK: Final = r"\d{1,2}(?::|h)\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[ap]\.? ?m\.?)?"
_ZONE: Final = r"(?: ?(?:z|utc|gmt(?:[+-]\d{1,2})?|[a-z]{3,4}|[+-]\d{2}:?\d{2}))?"
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ene|abr|ago|dic)[a-z]{0,7}\.?"
_DAY: Final = (
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    rf"|\d{{1,2}}[ -](?:de )?{_MONTH},?[ -](?:del? )?(?:\d{{4}}|\d{{2}})"
    rf"|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}})"
)
_DEGREES: Final = r"-?\d{1,3}\.\d{3,}"
_SURE: Final[Mapping[Why, re.Pattern[str]]] = {
    "e_mail": re.compile(r"(?:mailto:)?<?[\w.+-]+@[\w-]+(?:\.[\w-]+)+>?"),
    "time": re.compile(rf"{_WEEKDAY}(?:{_DAY}(?:(?:t|,? ) ?{_CLOCK}{_ZONE})?|{_CLOCK}{_ZONE})"),
    "position": re.compile(
        rf"[(\[]?{_DEGREES}[ ,;]+{_DEGREES}(?:[ ,;]+-?\d+(?:\.\d+)?)*[)\]]?"
        r"|(?:point|polygon|linestring) ?(?:z ?)?\(.+\)"
        r"|.*\d{1,3} ?° ?\d.*"
        r"|[23456789cfghjmpqrvwx]{4,8}\+[23456789cfghjmpqrvwx]{2,3}(?: .+)?"
    ),
    "device": re.compile(
        r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}|mozilla/\d.*"
    ),
    "record": re.compile(
        r"(?:uuid:)?[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|\d{9,}|r_[0-9a-z]{13,}"
    ),
    "telephone": re.compile(
        r"(?:tel|phone|cell|movil|whatsapp|sms)?[.:]? ?"
        r"(?:\+\d[\d ().-]{7,17}\d|\(\d{2,4}\) ?\d{3,4}[ .-]?\d{4}"
        r"|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?:,? ?(?:x|ext\.?) ?\d{1,5})?"
    ),
    "address": re.compile(
        r"(?:p\.? ?o\.? ?box|apartado(?: postal)?|apdo\.?|c\.?p\.?) ?\d+.*|\d{5}-\d{4}"
        r"|(?:شارع|حي|طريق) .*\d.*"
        r"|(?:so )?\d+[a-z]?(?:/\d+)*,? (?:duong|pho|ngo|ngach|hem) .+"
        r"|(?:av|avda|blvd|calz|cra)\. .*\d.*"
    ),
}
# Ids of people and things: letters and digits in one word, such as a licence plate or a passport.
_LIKELY: Final[Mapping[Why, re.Pattern[str]]] = {
    "position": re.compile(r"-?\d{1,3}\.\d{4,}"),
    "telephone": re.compile(r"\(?\d(?:[ ().-]{0,2}\d){6,14}"),
    "record": re.compile(r"(?=.*\d)(?=.*[a-z])[0-9a-z]{2,4}-?[0-9a-z]{2,4}|(?=.*\d)[\w-]{8,}"),
}
_RANGE: Final = re.compile(r"(\d+(?:[.,]\d{3})*) ?[-\u2013] ?(\d+(?:[.,]\d{3})*)")
# A mask that is all, or nearly all, that is left of a cell; behind an address may stand its town.
_MASKS: Final[Mapping[str, Why]] = {
    "[e-mail]": "e_mail",
    "[phone]": "telephone",
    "[address]": "address",
    "[date]": "time",
    "[number]": "record",
    "[handle]": "name",
    "[link]": "record",
}
_LIKELY_MASKS: Final[Mapping[str, Why]] = {"[plate]": "record"}
_TITLED: Final = re.compile(r"\w+\.? \[name\]")
LOOKED_AT: Final = 300  # contents of a column: the most common ones, and as many of the others
LONGEST_LOOKED_AT: Final = 400  # more is a text, whatever stands in it
TELLING_SHARE: Final = 0.2
DIFFERING_SHARE: Final = 0.6  # so many cells differ where they name people
LEAST_DIFFERING: Final = 10  # fewer are soon a list of answers, all of them given
SHORT_CELL: Final = 80
FEW_LETTERS: Final = 6


def why_by_contents(contents: Counter[str]) -> Why | None:
    """One cell in five is enough to tell; three in five where it only looks so."""
    total = contents.total()
    sure: dict[Why, float] = defaultdict(float)
    likely: dict[Why, float] = defaultdict(float)
    for content, n in _looked_at(contents):
        if len(content) > LONGEST_LOOKED_AT:
            continue
        found = set(_sure(content))
        for why in found:
            sure[why] += n
        for why in found or set(_likely(content)):
            likely[why] += n
    told = _most(sure, TELLING_SHARE * total)
    if told is not None or not _differ(contents):
        return told
    return _most(likely, DIFFERING_SHARE * total)


def _looked_at(contents: Counter[str]) -> Iterator[tuple[str, float]]:
    """The most common ones as often as they stand there; a sample stands for the others."""
    common = contents.most_common()
    yield from common[:LOOKED_AT]
    others = common[LOOKED_AT:]
    step = -(-len(others) // LOOKED_AT) or 1
    sample = others[::step]
    scale = sum(n for _, n in others) / max(1, sum(n for _, n in sample))
    yield from ((content, n * scale) for content, n in sample)


def _most(found: Mapping[Why, float], least: float) -> Why | None:
    why = max(found, key=lambda one: found[one], default=None)
    return None if why is None or found[why] < least * (1 - 1e-9) else why


def _differ(contents: Counter[str]) -> bool:
    return len(contents) >= max(LEAST_DIFFERING, DIFFERING_SHARE * contents.total())


def _sure(content: str) -> Iterator[Why]:
    plain = fold(content)
    for why, pattern in _SURE.items():
        if pattern.fullmatch(plain):
            yield why
            return
    if _are_network_addresses(plain):
        yield "network_address"
    elif len(content) <= SHORT_CELL:
        yield from _told_by_masks(mask_identifiers(content), content)


def _told_by_masks(masked: str, content: str) -> Iterator[Why]:
    if masked == content:
        return
    if masked in _MASKS:
        yield _MASKS[masked]
    elif _TITLED.fullmatch(masked):
        yield "name"
    elif masked.startswith("[address]"):
        yield "address"
    else:
        for mask in ("[e-mail]", "[phone]", "[address]"):
            if mask in masked and sum(map(str.isalpha, masked.replace(mask, ""))) <= FEW_LETTERS:
                yield _MASKS[mask]


def _likely(content: str) -> Iterator[Why]:
    plain = fold(content)
    if _is_range(plain):
        return
    masked = mask_identifiers(content)
    if masked in _LIKELY_MASKS:
        yield _LIKELY_MASKS[masked]
    for why, pattern in _LIKELY.items():
        if pattern.fullmatch(plain):
            yield why
            return


def _is_range(plain: str) -> bool:
    """From so much to so much, as incomes and ages are asked."""
    found = _RANGE.fullmatch(plain)
    if found is None or found[2].startswith("0"):
        return False
    low, high = (int(re.sub(r"\D", "", part)) for part in found.groups())
    return low < high


def _are_network_addresses(plain: str) -> bool:
    """One, or several in a row as a proxy writes them."""
    return all(_is_network_address(part) for part in re.split(r"[ ,;]+", plain))


def _is_network_address(part: str) -> bool:
    bare = part.strip("[]")
    if bare.count(".") == 3:  # noqa: PLR2004 - as addresses are written
        bare = re.sub(r":\d{1,5}$", "", bare)
    elif bare.count(":") < 2:  # noqa: PLR2004 - as addresses are written
        return False
    try:
        ipaddress.ip_interface(bare)
    except ValueError:
        return False
    return True
