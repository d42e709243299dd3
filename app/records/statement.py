"""What is not in a records package, and why: not held, held and sealed, or held and withheld."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from app.initiatives.wave import HOLDS_RESPONSES, TAKES_SHEETS

if TYPE_CHECKING:
    from app.initiatives.tables import Wave

_REASONS: Final = """\
What this package does not hold, and why

NOT HELD by the agency, so nobody can hand it out:
- Names, addresses, telephone numbers or e-mail addresses of residents. They are never asked for, \
and have no place to be stored.
- Internet addresses, devices, browsers, cookies, times of day. They are not stored, and not logged.
- Who took part and who did not. The table of codes holds keyed hashes while a wave is open, and \
is emptied when it is counted.
- Which answers of a counted wave are whose. Sheets are sealed on arrival and opened once, in \
random order, under fresh random ids. Nobody can tell any more, this agency included.

HELD, and not in this package:
- Single answers, also without names: in a small place a few answers together can be one person. \
Residents were promised that results are shown for groups only.
- What people wrote in their own words, but for quotes that two reviewers agreed on: a sentence \
can be recognised by who knows its writer.
- Unrounded numbers and numbers of small groups: by subtraction they tell of single people.
- Reports that were not published: they were not checked beside those that were, and two reports \
together can tell of a few people.
- Who of the staff did what, and the reasons they typed. acts.csv says what was done on which day.

Wave by wave:
"""
_COUNSEL: Final = """
Whether something that is withheld must be handed out is for counsel to say, and not for this \
program.
"""


def statement_of(waves: Sequence[Wave]) -> str:
    told = [f"- {_any(wave)}: {_of(wave)}" for wave in waves] or ["- There is no wave yet."]
    return _REASONS + "\n".join(told) + "\n" + _COUNSEL


def _of(wave: Wave) -> str:
    if wave.state == "draft":
        return "a draft; nobody was asked."
    if wave.state == "erased":
        return "the answers were erased; none are held."
    if wave.state in TAKES_SHEETS:
        return "is open: its answers are held sealed, and nobody reads them before the count."
    if wave.state in HOLDS_RESPONSES:
        gone = wave.key_state == "destroyed"
        key = " The key that opened the sealed sheets is destroyed." if gone else ""
        return f"counted; single answers are held, and withheld.{key}"
    return "is closed and not counted yet: its answers are held sealed."


def _any(wave: Wave) -> str:
    return wave.label.get("en") or next(iter(wave.label.values()))
