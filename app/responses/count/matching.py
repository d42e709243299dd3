"""Who answered before and after: lays the tags of two waves side by side. Pure, and in memory.

A tag of all elements found again counts most, then one with an element left out. Only who is alone
with it on both sides is linked, and nobody whose areas contradict each other. In large waves, or
with few elements, chance would link strangers: there only whole codes count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

LARGEST_FOR_GAPS: Final = 1500  # people a wave (privacy.md §6: 0.1 % wrong at 300, 12 % at 3,000)
LEAST_ELEMENTS_FOR_GAPS: Final = 6


@dataclass(frozen=True, slots=True)
class Coded:
    """One response with a code: its tags, whole code first, and the area it was given for."""

    tags: Sequence[str]
    area: int | None


Side = Mapping[bytes, Coded]


def match(before: Side, after: Side) -> dict[bytes, bytes]:
    """For responses of the later wave, the response of the earlier one by the same person."""
    found = _alone_together(before, after, slice(0, 1))
    if _may_leave_out(before) and _may_leave_out(after):
        rest_before = {key: before[key] for key in before.keys() - set(found.values())}
        rest_after = {key: after[key] for key in after.keys() - found.keys()}
        found |= _alone_together(rest_before, rest_after, slice(1, None))
    return found


def _alone_together(before: Side, after: Side, which: slice) -> dict[bytes, bytes]:
    holders: dict[str, list[bytes]] = defaultdict(list)
    for key, coded in before.items():
        for tag in coded.tags[which]:
            holders[tag].append(key)
    candidates = {key: set(_fitting(coded, holders, before, which)) for key, coded in after.items()}
    wanted = Counter(key for found in candidates.values() for key in found)
    return {
        key: earlier
        for key, found in candidates.items()
        if len(found) == 1
        for earlier in found
        if wanted[earlier] == 1
    }


def _fitting(
    coded: Coded, holders: Mapping[str, Collection[bytes]], before: Side, which: slice
) -> Iterator[bytes]:
    for tag in coded.tags[which]:
        for key in holders.get(tag, ()):
            areas = {before[key].area, coded.area} - {None}
            if len(areas) < 2:  # noqa: PLR2004 - two areas contradict each other
                yield key


def _may_leave_out(side: Side) -> bool:
    elements = min((len(coded.tags) - 1 for coded in side.values()), default=0)
    return len(side) <= LARGEST_FOR_GAPS and elements >= LEAST_ELEMENTS_FOR_GAPS
