"""What would be deleted, what goes with it, and what holds it back, with what to do instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.errors import Conflict, Phrase
from app.errors.sentences import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from app.initiatives.tables import Wave

Texts = Mapping[str, str]
PartKind = Literal["waves", "areas", "plans", "ways_in", "codes"]


@dataclass(frozen=True, slots=True)
class Part:
    """What goes with a thing: so many, and their names where they have any."""

    kind: PartKind
    number: int
    names: tuple[Texts, ...] = ()


@dataclass(frozen=True, slots=True)
class Deletion:
    """Nothing is deleted while anything holds."""

    name: Texts
    parts: tuple[Part, ...] = ()
    holds: tuple[Phrase, ...] = ()


class StillHeld(Conflict):
    """Nothing was deleted. It says the first reason; `deletion` has them all."""

    code = "still_held"

    def __init__(self, deletion: Deletion) -> None:
        super().__init__(deletion.holds[0])
        self.deletion = deletion


def refuse_held(deletion: Deletion) -> None:
    if deletion.holds:
        raise StillHeld(deletion)


def opened(waves: Sequence[Wave], reason: str) -> list[Phrase]:
    """Imported ones count as opened: they hold answers, and what residents read stays."""
    names = [named(wave.label) for wave in waves if wave.state != "draft"]
    return [Phrase(reason, names=names)] if names else []


def named(name: Texts | str) -> Phrase:
    """In quotation marks; in any language, though it may be written in one."""
    if isinstance(name, str):
        return Phrase("deletion.named", name=name)
    return Phrase("deletion.named", name={SOURCE_LANGUAGE: next(iter(name.values())), **name})
