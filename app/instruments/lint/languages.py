"""Rules about translations: none missing, and drafts called drafts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.instruments.lint.findings import Finding
from app.instruments.texts import missing_texts

if TYPE_CHECKING:
    from app.instruments.model import Instrument


def missing_translations(instrument: Instrument) -> Iterator[Finding]:
    for gap in missing_texts(instrument):
        place = gap.place or ("languages", gap.language)
        details = {"where": gap.where, "language": gap.language}
        yield Finding("missing-translation", place, details)


def draft_translations(instrument: Instrument) -> Iterator[Finding]:
    for code, language in instrument.languages.items():
        if language.status == "draft":
            yield Finding("draft-translation", ("languages", code), {"language": code})
