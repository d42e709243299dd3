"""What a resident's page says in the language chosen: the interface's words, the initiative's."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request

from app.collectors.service import FieldedCollector
from app.initiatives.notice import MONTHS_KEY
from app.instruments.model import Consent
from app.questions.schema import fill_tokens
from app.web.languages import choose_language
from app.web.locales import SOURCE_LANGUAGE, Locale, read_locales

FOLDER: Final = Path(__file__).parent / "locale"
LOGO_FOLDER: Final = "/s/logo/"
FACTS: Final = ("run_by", "paid_by", "contact", "complaint", "retention", "result_where")
# What the page's script says, by the names it knows; the places of numbers are filled in there.
_SCRIPT_WORDS: Final = {
    "start": "start",
    "next": "next",
    "back": "back",
    "part": "part",
    "clear": "clear",
    "aloud": "aloud",
    "sending": "sending",
    "busy": "busy_text",
    "offline": "offline_text",
    "kept_title": "kept_title",
    "kept_text": "kept_text",
    "kept_sync": "kept_sync",
    "kept_open": "kept_open",
    "kept_leave": "kept_leave",
    "still_kept": "still_kept",
    "try_now": "try_now",
    "late_title": "late_title",
    "late": "late_text",
    "sent": "waited_sent",
}
# On a screen that others use as well, the same things are said in other words.
_SHARED_WORDS: Final = {
    "kept_text": "kiosk_kept",
    "kept_sync": "kiosk_kept_go",
    "kept_open": "kiosk_kept_go",
    "kept_leave": "kiosk_kept_next",
}
_KIOSK_WORDS: Final = {
    "idle": "kiosk_idle",
    "over": "kiosk_over",
    "stay": "kiosk_stay",
    "wait": "kiosk_wait",
}
_SECONDS: Final = {"seconds": "{seconds}"}
_PLACES: Final = {"part": "{part}", "parts": "{parts}"}
_CONSENT_PARTS: Final = tuple(Consent.model_fields)


@cache
def locales() -> Mapping[str, Locale]:
    return read_locales(FOLDER)


def languages_of(collector: FieldedCollector) -> Sequence[str]:
    """Those of the wave that the interface speaks too."""
    return _spoken_of(collector.languages)


@lru_cache(maxsize=256)
def _spoken_of(languages: tuple[str, ...]) -> Sequence[str]:
    return tuple(tag for tag in languages if _spoken(tag) is not None) or languages[:1]


def preferred_language(request: Request, offered: Sequence[str], wanted: str) -> str:
    if wanted in offered:
        return wanted
    return choose_language(request.headers.get("accept-language", ""), offered)


def locale_for(language: str) -> Locale:
    return replace(_spoken(language) or locales()[SOURCE_LANGUAGE], language=language)


def _spoken(language: str) -> Locale | None:
    return locales().get(language) or locales().get(language.partition("-")[0])


def script_words(locale: Locale, *, is_shared: bool = False) -> str:
    keys = _SCRIPT_WORDS | _SHARED_WORDS if is_shared else _SCRIPT_WORDS
    return _spelled({name: locale(key, **_PLACES) for name, key in keys.items()})


def kiosk_words(collector: FieldedCollector, locale: Locale) -> str | None:
    """What the script of a shared screen says; nothing elsewhere."""
    if not collector.is_shared_screen:
        return None
    return _spelled({name: locale(key, **_SECONDS) for name, key in _KIOSK_WORDS.items()})


def _spelled(words: Mapping[str, str]) -> str:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":"))


def in_language(texts: object, language: str) -> str | None:
    """What the agency wrote: one text for all, or one a language."""
    if isinstance(texts, Mapping):
        return texts.get(language) or next(iter(texts.values()), None)
    return texts if isinstance(texts, str) else None


@dataclass(frozen=True, slots=True)
class Fact:
    """What the agency says of itself; a number or address keeps its own direction."""

    text: str
    direction: str


@dataclass(frozen=True, slots=True)
class Logo:
    """The picture of who asks; its name stands beside it in words."""

    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Notice:
    """The part before the questions: the instrument's words, else the interface's."""

    language: str
    title: str
    told: Mapping[str, str | None]
    facts: Mapping[str, Fact | None]
    tokens: Mapping[str, str]
    logo: Logo | None = None

    def say(self, texts: Mapping[str, str]) -> str:
        return fill_tokens(texts[self.language], self.tokens)


def notice_for(collector: FieldedCollector, locale: Locale) -> Notice:
    language, initiative = locale.language, collector.initiative
    tokens = {
        "police": in_language(initiative.police_name, language) or "",
        "initiative": in_language(initiative.title, language) or "",
        "area": _area_name(collector, language) or locale("area_here"),
    }
    return Notice(
        language=language,
        title=fill_tokens(collector.instrument.title[language], tokens),
        told={part: _told(collector, locale, part, tokens) for part in _CONSENT_PARTS},
        facts=facts_of(collector, locale),
        tokens=tokens,
        logo=_logo(collector),
    )


def _logo(collector: FieldedCollector) -> Logo | None:
    size = collector.initiative.notice.get("logo")
    if size is None:
        return None
    return Logo(LOGO_FOLDER + collector.initiative.public_id, size["width"], size["height"])


def facts_of(collector: FieldedCollector, locale: Locale) -> dict[str, Fact | None]:
    written: Mapping[str, Any] = collector.initiative.notice
    told = {name: _fact(written.get(name), locale) for name in FACTS}
    months = written.get(MONTHS_KEY)
    if months is not None and told["retention"] is None:
        told["retention"] = Fact(locale.counted("keeps_months", months), locale.direction)
    return told


def _fact(texts: object, locale: Locale) -> Fact | None:
    text = in_language(texts, locale.language)
    if not text:
        return None
    is_translated = isinstance(texts, Mapping) and locale.language in texts
    return Fact(text, locale.direction if is_translated else "auto")


def _told(
    collector: FieldedCollector, locale: Locale, part: str, tokens: Mapping[str, str]
) -> str | None:
    youngest = collector.initiative.notice.get("youngest")
    if part == "for_whom" and youngest is not None:
        return locale("for_whom_age", age=youngest)
    own: Mapping[str, str] | None = getattr(collector.instrument.consent, part, None)
    if own is not None:
        return fill_tokens(own[locale.language], tokens)
    return locale(part, **tokens) if part in locale.texts else None


def _area_name(collector: FieldedCollector, language: str) -> str | None:
    names = (area.name for area in collector.areas if area.code == collector.area_code)
    return in_language(next(names, None), language)
