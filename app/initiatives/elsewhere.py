"""A wave that was taken elsewhere: what is known of how it was taken, and what it asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from app.initiatives.tables import Wave

KEY: Final = "elsewhere"


@dataclass(frozen=True, slots=True)
class TakenElsewhere:
    """`asked`: the questions its file answers; `reworded`: those put in other words than ours."""

    tool: str
    first_day: str
    last_day: str
    asked: frozenset[str]
    reworded: frozenset[str]


def taken_elsewhere(wave: Wave) -> TakenElsewhere | None:
    """None for every wave that was opened here."""
    told: dict[str, Any] | None = (wave.count_manifest or {}).get(KEY)
    if told is None:
        return None
    return TakenElsewhere(
        tool=told["tool"],
        first_day=told["first_day"],
        last_day=told["last_day"],
        asked=frozenset(told["asked"]),
        reworded=frozenset(told["reworded"]),
    )
