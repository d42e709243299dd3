"""Is the comparison fair? A new check is a file here and a line in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from analysis.guard.answers.identical_sheets import check_identical_sheets
from analysis.guard.answers.missing_answers import check_missing_answers
from analysis.guard.answers.straight_lines import check_straight_lines
from analysis.guard.answers.too_fast import check_too_fast
from analysis.guard.answers.unsaid import check_unsaid
from analysis.guard.finding import Finding
from analysis.guard.instruments import check_instruments
from analysis.guard.pair import WavePair
from analysis.guard.samples.composition import check_composition
from analysis.guard.samples.sample_size import check_sample_size
from analysis.guard.samples.uneven_waves import check_uneven_waves
from analysis.guard.samples.ways_in import check_ways_in
from analysis.guard.samples.weights import check_weights

Check = Callable[[WavePair], Iterable[Finding]]
CHECKS: Final[tuple[Check, ...]] = (
    check_instruments,
    check_ways_in,
    check_sample_size,
    check_weights,
    check_uneven_waves,
    check_composition,
    check_missing_answers,
    check_unsaid,
    check_straight_lines,
    check_identical_sheets,
    check_too_fast,
)
_ORDER: Final = ("blocks", "flags", "passes")


def inspect_waves(pair: WavePair) -> list[Finding]:
    """Is the comparison of these two waves fair? What blocks it stands first, then what flags."""
    found = [finding for check in CHECKS for finding in check(pair)]
    return sorted(found, key=lambda finding: _ORDER.index(finding.level))
