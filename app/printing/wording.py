"""What the documents say, and the part of them that all share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, get_args

from app.collectors.service import FieldedCollector
from app.errors import BadInput
from app.responses.pages import wording
from app.responses.pages.wording import Fact, languages_of, locale_for
from app.web.locales import SOURCE_LANGUAGE, Locale, read_locales
from app.web.qr_codes import qr_code

FOLDER: Final = Path(__file__).parent / "locale"
TEMPLATES: Final = "printing/templates"

PaperSize = Literal["a4", "letter"]
PAPER_SIZES: Final[tuple[PaperSize, ...]] = get_args(PaperSize)
_TYPST_NAMES: Final[Mapping[PaperSize, str]] = {"a4": "a4", "letter": "us-letter"}


@cache
def _locales() -> Mapping[str, Locale]:
    return read_locales(FOLDER, wording.FOLDER)


def printed_locale(collector: FieldedCollector, language: str) -> Locale:
    """The words in the language asked for, which the wave must speak."""
    offered = languages_of(collector)
    if language not in offered:
        raise BadInput("printing.no_language", language=language, known=list(offered))
    base = language.partition("-")[0]
    spoken = _locales()
    found = spoken.get(language) or spoken.get(base) or spoken[SOURCE_LANGUAGE]
    return replace(found, language=language)


def sheet_of_paper(locale: Locale, size: PaperSize) -> dict[str, Any]:
    return {
        "language": locale.language,
        "direction": locale.direction,
        "size": _TYPST_NAMES[size],
    }


def told(fact: Fact | None) -> dict[str, str] | None:
    return None if fact is None else {"text": fact.text, "direction": fact.direction}


def spoken_languages(collector: FieldedCollector) -> list[dict[str, str]]:
    """Each by its own name, in its own script."""
    locales = [locale_for(tag) for tag in languages_of(collector)]
    return [
        {"language": other.language, "direction": other.direction, "name": other.name}
        for other in locales
    ]


def shown_address(address: str) -> str:
    """As people type it."""
    return address.partition("://")[2] or address


def scannable(locale: Locale, address: str) -> dict[str, str]:
    shown = shown_address(address.partition("#")[0])
    return {
        "qr": qr_code(address),
        "qr_told": locale("print_qr", address=shown),
        "address": shown,
    }
