"""Which answers are told together, so that usually no group must be hidden (rule R4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from analysis.codebook import Variable
from analysis.disclosure.collapse import merge_adjacent, merge_others
from analysis.disclosure.rules import TOO_FEW_TO_REPORT
from app.reports.breakdowns.grouping import Block, Grouping

People = Sequence[Mapping[str, str]]
_LEAST_GROUPS = 2


def joined(variable: Variable, waves: Sequence[People]) -> Grouping | None:
    """Neighbouring answers, or the rarest, until each group can be reported in both waves.

    None where each answer can be told by itself, or where nothing but everyone would be left.
    """
    codes = list(variable.valid_codes)
    counts = [_counts(wave, variable.id, codes) for wave in waves]
    pairs = [tuple(count[code] for count in counts) for code in codes]
    if not codes or all(min(pair) >= TOO_FEW_TO_REPORT for pair in pairs):
        return None
    is_ordered = variable.level == "ordinal"
    merge = merge_adjacent if is_ordered else merge_others
    blocks = [tuple(codes[i] for i in block) for block in merge(pairs, TOO_FEW_TO_REPORT)]
    if len(blocks) < _LEAST_GROUPS or any(_fewest(b, counts) < TOO_FEW_TO_REPORT for b in blocks):
        return None
    return Grouping((variable.id,), {block[0]: (block,) for block in blocks})


def crossed(variables: tuple[Variable, Variable], waves: Sequence[People]) -> Grouping:
    """Every group of the first by every group of the second, joined until each can be reported.

    Where that cannot be had, two by two is left, and the release hides what is too small.
    """
    parts = [_start(variable, waves) for variable in variables]
    while any(len(blocks) > _LEAST_GROUPS for blocks in parts):
        if _smallest_cell(variables, parts, waves) >= TOO_FEW_TO_REPORT:
            break
        longest = max(range(len(parts)), key=lambda i: len(parts[i]))
        parts[longest] = _one_fewer(variables[longest], parts[longest], waves)
    cells = enumerate(product(*parts), start=1)
    return Grouping(tuple(v.id for v in variables), dict(cells))


def _start(variable: Variable, waves: Sequence[People]) -> list[Block]:
    found = joined(variable, waves)
    if found is None:
        return [(code,) for code in variable.valid_codes]
    return [parts[0] for parts in found.levels.values()]


def _one_fewer(variable: Variable, blocks: list[Block], waves: Sequence[People]) -> list[Block]:
    """The two that together hold the fewest people: neighbours, where the answers have an order."""
    counts = [_counts(wave, variable.id, variable.valid_codes) for wave in waves]
    size = {block: _fewest(block, counts) for block in blocks}
    places = range(len(blocks))
    pairs = [
        (i, j)
        for i in places
        for j in places
        if i < j and (variable.level != "ordinal" or j == i + 1)
    ]
    first, second = min(pairs, key=lambda pair: size[blocks[pair[0]]] + size[blocks[pair[1]]])
    left = [block for i, block in enumerate(blocks) if i not in {first, second}]
    left.insert(first, (*blocks[first], *blocks[second]))
    return left


def _smallest_cell(
    variables: Sequence[Variable], parts: Sequence[Sequence[Block]], waves: Sequence[People]
) -> int:
    places = [
        {str(code): place for place, block in enumerate(blocks) for code in block}
        for blocks in parts
    ]
    smallest = None
    for wave in waves:
        held = Counter(
            tuple(place.get(row[v.id]) for v, place in zip(variables, places, strict=True))
            for row in wave
        )
        cells = (held[cell] for cell in product(*(range(len(blocks)) for blocks in parts)))
        least = min(cells)
        smallest = least if smallest is None else min(smallest, least)
    return smallest or 0


def _counts(wave: People, column: str, codes: Iterable[int]) -> dict[int, int]:
    held = Counter(row[column] for row in wave)
    return {code: held[str(code)] for code in codes}


def _fewest(block: Block, counts: Iterable[Mapping[int, int]]) -> int:
    return min(sum(count[code] for code in block) for count in counts)
