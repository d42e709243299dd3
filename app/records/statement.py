"""What is not in a records package, and why: not held, held and sealed, or held and withheld."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from app.errors.sentences import SOURCE_LANGUAGE, Phrase
from app.initiatives.wave import HOLDS_RESPONSES, TAKES_SHEETS

if TYPE_CHECKING:
    from app.initiatives.tables import Wave


_WITH_ANSWERS: Final = {
    "none": "records.wave_counted",  # gathered elsewhere: nothing of it was ever sealed here
    "kept": "records.wave_key_kept",
    "partner": "records.wave_key_kept",
    "destroyed": "records.wave_keyless",
}


def statement_of(waves: Sequence[Wave], language: str = SOURCE_LANGUAGE) -> str:
    told = [f"- {_any(wave, language)}: {_of(wave).told_in(language)}" for wave in waves]
    lines = told or [f"- {Phrase('records.no_wave').told_in(language)}"]
    parts = (Phrase("records.reasons"), Phrase("records.counsel"))
    reasons, counsel = (part.told_in(language) for part in parts)
    return reasons + "\n".join(lines) + "\n\n" + counsel


def _of(wave: Wave) -> Phrase:
    if wave.state in ("draft", "erased"):
        return Phrase(f"records.wave_{wave.state}")
    if wave.state in TAKES_SHEETS:
        return Phrase("records.wave_open")
    if wave.state in HOLDS_RESPONSES:
        return Phrase(_WITH_ANSWERS[wave.key_state])
    return Phrase("records.wave_closed")


def _any(wave: Wave, language: str) -> str:
    known: str = wave.label.get(language) or wave.label.get("en") or next(iter(wave.label.values()))
    return known
