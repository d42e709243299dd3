"""How many people a published number rests on, told so that no few can be worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.disclosure.audit.concealed import Code, Concealed
from analysis.disclosure.rounding import rounded_base

Members = Mapping[tuple[str, str, Code], int]


def rests_on(n: float, whole: float, threshold: int) -> float:
    """A base that misses fewer than `threshold` people of its whole is told as the whole (R6).

    Two bases then never differ by a few people: who left a question out is not counted by
    subtraction.

    >>> rests_on(293, 300, 10), rests_on(290, 300, 10)
    (300, 290)
    """
    return whole if whole - n < threshold else n


def in_proportion(part: float, n: int, whole: int, threshold: int) -> int:
    """A count within a base, told so that the counts add up to the base as it is told.

    >>> in_proportion(147, 293, 300, 10)
    150
    """
    return rounded_base(part * rests_on(n, whole, threshold) / n)


@dataclass(frozen=True, slots=True)
class Bases:
    """The people of each wave, and of each group whose size the answers to its question tell.

    valid: valid answers to each question that divides people into groups, by wave.
    """

    threshold: int
    waves: Mapping[str, int]
    valid: Mapping[tuple[str, str], int]
    members: Members
    concealed: Concealed

    def told(self, wave: str, n: int, group: Mapping[str, Any] | None = None) -> int:
        return rounded_base(self.rests_on(wave, n, group))

    def rests_on(self, wave: str, n: int, group: Mapping[str, Any] | None = None) -> float:
        """Not rounded yet: the whole wave or group where only a few of it are missing."""
        if group is None:
            return rests_on(n, self.waves[wave], self.threshold)
        members = self.members.get((wave, group["variable"], group["code"]), n)
        if members - n >= self.threshold:
            return n
        valid = self.valid.get((wave, group["variable"]))
        return members * rests_on(valid, self.waves[wave], self.threshold) / valid if valid else n

    def in_proportion(
        self, value: float, wave: str, n: int, group: Mapping[str, Any] | None = None
    ) -> int:
        """An effective n: it must not tell the base again."""
        return rounded_base(value * self.rests_on(wave, n, group) / n)


def bases_of(
    computed: Mapping[str, Any], distributions: Sequence[Mapping[str, Any]], concealed: Concealed
) -> Bases:
    """distributions: as published; only they tell how many are in a group."""
    shown = {d["variable"] for d in distributions}
    counted = [d for d in computed["distributions"] if d["variable"] in shown]
    answers = [(d["variable"], name, wave) for d in counted for name, wave in d["waves"].items()]
    waves = {name: wave["n"] for name, wave in computed["waves"].items()}
    valid = {(name, variable): wave["n"] for variable, name, wave in answers}
    members: dict[tuple[str, str, Code], int] = {
        (name, variable, c["codes"][0]): c["n"]
        for variable, name, wave in answers
        for c in wave["categories"]
    }
    if computed["people_by_area"]:
        column = computed["people_by_area"]["variable"]
        valid |= {(name, column): n for name, n in waves.items()}  # everyone is in some area
        members |= {
            (name, column, area): n
            for name, areas in computed["people_by_area"]["waves"].items()
            for area, n in areas.items()
        }
    return Bases(computed["plan"]["suppress_below"], waves, valid, members, concealed)
