"""Answer options merged until each published one holds enough people in both waves (rule R4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Counts = Sequence[tuple[int, ...]]
Block = tuple[int, ...]


def merge_adjacent(counts: Counts, least: int, boxes: Iterable[frozenset[int]] = ()) -> list[Block]:
    """Which neighbouring options must be told together?

    counts: one entry an option, in order; each holds the option's count in every wave told.
    least: people that a published group holds at least, in each wave. boxes: sets of positions
    published as one share elsewhere; groups do not cross their borders where that can be helped,
    else a box less a published option would tell a hidden one.
    Returns groups of positions, as many as can be; one group of everything when nothing else holds.

    >>> merge_adjacent([(3,), (40,), (5,), (30,)], 10)
    [(0, 1), (2, 3)]
    """
    regions = _regions(len(counts), boxes)
    if all(_enough(counts, region, least) for region in regions):
        return [group for region in regions for group in _greedy(counts, region, least)]
    return _greedy(counts, tuple(range(len(counts))), least)


def merge_others(counts: Counts, least: int) -> list[Block]:
    """Which options without an order must be told together as "others"?

    All that hold too few people, and the next smallest ones until the group holds enough.

    >>> merge_others([(3,), (40,), (30,)], 10)
    [(1,), (0, 2)]
    """
    by_size = sorted(range(len(counts)), key=lambda i: min(counts[i], default=0))
    small = [i for i in by_size if not _enough(counts, (i,), least)]
    others = list(small)
    for i in by_size[len(small) :]:
        if not others or (len(others) > 1 and _enough(counts, others, least)):
            break
        others.append(i)
    alone: list[Block] = [(i,) for i in range(len(counts)) if i not in others]
    return [*alone, tuple(sorted(others))] if others else alone


def _regions(size: int, boxes: Iterable[frozenset[int]]) -> list[Block]:
    """Runs of neighbours that lie in the same boxes."""
    borders = list(boxes)
    marks = [tuple(i in box for box in borders) for i in range(size)]
    regions: list[list[int]] = []
    for i, mark in enumerate(marks):
        if i and mark == marks[i - 1]:
            regions[-1].append(i)
        else:
            regions.append([i])
    return [tuple(region) for region in regions]


def _greedy(counts: Counts, region: Block, least: int) -> list[Block]:
    groups: list[Block] = []
    held: Block = ()
    for i in region:
        held = (*held, i)
        if _enough(counts, held, least):
            groups.append(held)
            held = ()
    if held:
        last = groups.pop() if groups else ()
        groups.append((*last, *held))
    return groups


def _enough(counts: Counts, group: Sequence[int], least: int) -> bool:
    waves = zip(*(counts[i] for i in group), strict=True)
    return all(sum(wave) >= least for wave in waves)
