"""A wave whose answers were gathered by another tool and brought in from a file."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.guard.finding import Finding
from analysis.guard.pair import WAVES, WavePair


def check_elsewhere(pair: WavePair) -> Iterator[Finding]:
    """Was one of the waves taken elsewhere?

    Flags where the initiative's facts name a wave under `elsewhere`: how its people were reached,
    on what they answered and which words they read is then what somebody stated, and not what was
    recorded. Whether that differs between the waves the other checks judge, as for every wave.
    Assumes that the statement is true. Refuses nothing. Reference: AAPOR Code of Professional
    Ethics and Practices (2021), disclosure of how answers were gathered. Checked against: the
    facts as given.
    """
    told = pair.initiative.get("elsewhere") or {}
    if any(wave in told for wave in WAVES):
        yield Finding("taken_elsewhere", "flags")
