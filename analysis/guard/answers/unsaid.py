"""More, or fewer, people who say that they do not know or would rather not say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from analysis.codebook import DONT_KNOW, PREFER_NOT_TO_SAY, Variable
from analysis.guard.finding import About, Finding
from analysis.guard.pair import WAVES, WavePair, gave, shown
from analysis.verdict import SIGNIFICANCE

SMALLEST_SHIFT: Final = 0.02
_KINDS: Final = {"dont_know": DONT_KNOW, "prefer_not_to_say": PREFER_NOT_TO_SAY}


def check_unsaid(pair: WavePair) -> Iterator[Finding]:
    """Did the share of "don't know" or "prefer not to say" change?

    For each item that offers the answer: its weighted share of those who were shown the question,
    and the design-based t test of its change, times the number of tests (Bonferroni). Flags where
    p < .05 and the share moved by 2 percentage points or more. A fall of "prefer not to say" can
    itself be a sign of trust: it is told, not held against the result.
    """
    for kind, code in _KINDS.items():
        offered = [item for item in pair.items() if _offers(item, code)]
        found = [f for item in offered if (f := _finding(pair, kind, item, len(offered)))]
        yield from found
        if offered and not found:
            yield Finding(kind, "passes", numbers={"items": len(offered)})


def _offers(item: Variable, code: int) -> bool:
    return any(category.code == code for category in item.categories)


def _finding(pair: WavePair, kind: str, item: Variable, tests: int) -> Finding | None:
    columns = [wave.coded[item.id] for wave in pair.waves]
    chosen = [gave(column, _KINDS[kind]) for column in columns]
    base = [shown(column) for column in columns]
    parts = pair.parts(chosen, base)
    if parts is None or abs(parts[WAVES[1]].share - parts[WAVES[0]].share) < SMALLEST_SHIFT:
        return None
    p = min(1.0, tests * pair.p_of_change(chosen, base))
    if p >= SIGNIFICANCE:
        return None
    return Finding(kind, "flags", About(item.id, item.text), {**parts, "p": p})
