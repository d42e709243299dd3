"""Questions that many left unanswered, or more in one wave than in the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.guard.finding import About, Finding, Part
from analysis.guard.pair import WAVES, WavePair

MOST_MISSING: Final = 0.10
MOST_APART: Final = 0.05


def check_missing_answers(pair: WavePair) -> Iterator[Finding]:
    """Did people leave questions out, and more so in one wave?

    For each item and wave: those who gave no answer that counts (skipped, don't know, prefer not
    to say, empty), as a weighted share of those who were shown it. Flags above 10 % in a wave, or
    where the waves are more than 5 percentage points apart.
    """
    looked_at = 0
    flagged = False
    for distribution in pair.distributions:
        parts = _parts(distribution) if distribution["role"] == "item" else None
        if parts is None:
            continue
        looked_at += 1
        before, after = (parts[wave].share for wave in WAVES)
        if max(before, after) > MOST_MISSING or abs(after - before) > MOST_APART:
            flagged = True
            about = About(distribution["variable"], distribution["title"])
            yield Finding("missing_answers", "flags", about, parts)
    if looked_at and not flagged:
        yield Finding("missing_answers", "passes", numbers={"items": looked_at})


def _parts(distribution: Mapping[str, Any]) -> dict[str, Part] | None:
    """None where nobody of a wave was shown the question."""
    parts = {wave: _part(distribution["waves"][wave]) for wave in WAVES}
    return parts if all(part.of for part in parts.values()) else None


def _part(answers: Mapping[str, Any]) -> Part:
    left_out = [entry for entry in answers["missing"] if entry["reason"] != "not_shown"]
    n = sum(entry["n"] for entry in left_out)
    of = answers["n"] + n
    return Part(n, of, sum(entry["share"] for entry in left_out) if of else 0.0)
