"""The pages of the console inside the frame of the staff pages, and the texts that forms bring."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.accounts.pages.rendering import StaffPages
from app.web.forms import Form

# The languages that the shipped instruments speak; staff write the initiative's own words in them.
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "es": "Español",
    "ar": "العربية",
    "vi": "Tiếng Việt",
}
pages: Final = StaffPages("console", "app.console", Path(__file__).parent / "locale")


def texts_of(form: Form, name: str) -> dict[str, str]:
    """What was typed for each language, without the empty ones."""
    typed = {language: form.get(f"{name}.{language}", [""])[0].strip() for language in LANGUAGES}
    return {language: text for language, text in typed.items() if text}


def in_reach(texts: Mapping[str, str], language: str) -> str:
    """In the reader's language, else in English, else in any."""
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
