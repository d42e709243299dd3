"""What anyone knows about unknown counts: bounds, sums and shares, all linear."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

Name = tuple[Hashable, ...]

UNBOUNDED: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Fact:
    """low <= the sum of factor x count <= high."""

    terms: Mapping[Name, float]
    low: float
    high: float


@dataclass(slots=True)
class Knowledge:
    """Counts by name, each with its bounds, and the facts that tie them together."""

    low: dict[Name, float] = field(default_factory=dict)
    high: dict[Name, float] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    _told: set[Hashable] = field(default_factory=set)

    def is_new(self, part: Hashable) -> bool:
        """Whether this part of a release is told for the first time; twice tells no more."""
        if part in self._told:
            return False
        self._told.add(part)
        return True

    def count(self, name: Name, low: float = 0.0, high: float = UNBOUNDED) -> None:
        """The count lies in here; what was known of it before stays known."""
        self.low[name] = max(low, self.low.get(name, low))
        self.high[name] = min(high, self.high.get(name, high))

    def fact(
        self, terms: Mapping[Name, float], low: float = -UNBOUNDED, high: float = UNBOUNDED
    ) -> None:
        self.facts.append(Fact(terms, low, high))

    def whole(self, whole: Name, parts: Iterable[Name]) -> None:
        """The parts make up the whole."""
        self.fact({whole: -1.0} | dict.fromkeys(parts, 1.0), 0.0, 0.0)

    def difference(self, larger: Name, smaller: Name, low: float, high: float = UNBOUNDED) -> None:
        self.fact({larger: 1.0, smaller: -1.0}, low, high)

    def share(self, parts: Iterable[Name], whole: Name, low: float, high: float) -> None:
        """The parts are between `low` and `high` times the whole."""
        named = dict.fromkeys(parts, 1.0)
        self.fact({**named, whole: -high}, high=0.0)
        self.fact({**named, whole: -low}, low=0.0)
