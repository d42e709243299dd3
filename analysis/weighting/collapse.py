"""Levels too small to weight by, joined to a neighbour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.refusals import Refusal
from analysis.weighting.levels import NOT_GIVEN, LevelArray
from analysis.weighting.margins import Margin

SMALLEST_SHARE: Final = 0.05
FEWEST_RESPONDENTS: Final = 30


@dataclass(frozen=True, slots=True)
class Collapse:
    """`groups`: positions of the levels that make each new level, in their old order."""

    margin: Margin
    groups: tuple[tuple[int, ...], ...]

    def levels(self, levels: LevelArray) -> LevelArray:
        """Old positions to new ones; `NOT_GIVEN` stays."""
        place = np.full(sum(map(len, self.groups)) + 1, NOT_GIVEN)
        for position, group in enumerate(self.groups):
            place[list(group)] = position
        return np.asarray(place[levels], dtype=np.int64)

    @property
    def joined(self) -> tuple[str, ...]:
        """The labels of the new levels that are made of several."""
        pairs = zip(self.margin.labels, self.groups, strict=True)
        return tuple(label for label, group in pairs if len(group) > 1)


def collapse_margin(
    margin: Margin,
    counts: Sequence[LevelArray],
    neighbours: Sequence[tuple[str, ...]] = (),
    smallest_share: float = SMALLEST_SHARE,
    fewest: int = FEWEST_RESPONDENTS,
) -> Collapse:
    """Which levels of a margin are too small to weight by, and what are they joined to?

    While a level holds under 5 % of the population, or under 30 respondents in some wave, the
    smallest such level is joined: to a level declared as its neighbour; else, on an ordered
    question, to the smaller of the two beside it; else to the smallest other level. Both waves get
    the same levels. A margin may end as one level, and then weights nothing.

    counts: (k,) respondents a level, one array a wave. neighbours: labels to be joined first.
    Refuses (`Refusal`): counts that do not match the levels, neighbours that name no level.
    Reference: own rule; after Battaglia, Hoaglin & Frankel (2009), Survey Practice 2(5), who
    collapse categories under 5 %. Checked against: cases worked by hand.

    >>> age = Margin("age", ("18-34", "35-64", "65-84", "85+"), np.array([.3, .5, .17, .03]), True)
    >>> collapse_margin(age, [np.array([90, 200, 60, 5])]).margin.labels
    ('18-34', '35-64', '65-84 / 85+')
    """
    table = _checked(margin, counts)
    declared = _declared(margin, neighbours)

    def share(group: tuple[int, ...]) -> float:
        return float(margin.shares[list(group)].sum())

    def is_small(group: tuple[int, ...]) -> bool:
        return share(group) < smallest_share or table[:, group].sum(axis=1).min() < fewest

    groups: list[tuple[int, ...]] = [(i,) for i in range(len(margin.labels))]
    while len(groups) > 1 and any(map(is_small, groups)):
        group = min(filter(is_small, groups), key=share)
        partner = min(_partners(group, groups, declared, is_ordered=margin.is_ordered), key=share)
        rest = [g for g in groups if g not in {group, partner}]
        groups = sorted([*rest, tuple(sorted(group + partner))])
    return Collapse(_joined(margin, groups), tuple(groups))


def _checked(margin: Margin, counts: Sequence[LevelArray]) -> LevelArray:
    if any(len(count) != len(margin.labels) for count in counts):
        raise Refusal(
            f"margin {margin.variable!r}: counts of {[len(c) for c in counts]} levels for "
            f"{len(margin.labels)}; count each level in each wave"
        )
    return np.vstack(counts)


def _declared(margin: Margin, neighbours: Sequence[tuple[str, ...]]) -> list[set[int]]:
    position = {label: i for i, label in enumerate(margin.labels)}
    for name in (name for names in neighbours for name in names):
        if name not in position:
            raise Refusal(
                f"margin {margin.variable!r}: the neighbour {name!r} is none of its levels "
                f"{', '.join(margin.labels)}; correct the plan"
            )
    return [{position[name] for name in names} for names in neighbours]


def _partners(
    group: tuple[int, ...],
    groups: Sequence[tuple[int, ...]],
    declared: Sequence[set[int]],
    *,
    is_ordered: bool,
) -> list[tuple[int, ...]]:
    """With whom a small level may be joined: declared neighbours, those beside it, or anyone."""
    others = [g for g in groups if g != group]
    close = [
        g for g in others if any(d.intersection(group) and d.intersection(g) for d in declared)
    ]
    if close or not is_ordered:
        return close or others
    at = groups.index(group)
    return [g for i, g in enumerate(groups) if abs(i - at) == 1]


def _joined(margin: Margin, groups: Sequence[tuple[int, ...]]) -> Margin:
    labels = tuple(" / ".join(margin.labels[i] for i in group) for group in groups)
    shares = np.array([margin.shares[list(group)].sum() for group in groups])
    return Margin(margin.variable, labels, shares, margin.is_ordered)
