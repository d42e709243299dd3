"""Is the comparison fair? A new check is a file here and a line in `CHECKS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from analysis.compare import Compared
from analysis.guard.answers.identical_sheets import check_identical_sheets
from analysis.guard.answers.missing_answers import check_missing_answers
from analysis.guard.answers.straight_lines import check_straight_lines
from analysis.guard.answers.stuffing import check_stuffing
from analysis.guard.answers.too_fast import check_too_fast
from analysis.guard.answers.unsaid import check_unsaid
from analysis.guard.finding import Finding
from analysis.guard.flagged import doubted_sheets, findings_of, look_again
from analysis.guard.instruments import check_instruments
from analysis.guard.pair import WavePair
from analysis.guard.samples.composition import check_composition
from analysis.guard.samples.elsewhere import check_elsewhere
from analysis.guard.samples.sample_size import check_sample_size
from analysis.guard.samples.uneven_waves import check_uneven_waves
from analysis.guard.samples.ways_in import check_ways_in
from analysis.guard.samples.weights import check_weights
from analysis.reanalyses import Reanalysis
from analysis.refusals import NotEstimable
from analysis.sentences import Family

Check = Callable[[WavePair], Iterable[Finding]]
CHECKS: Final[tuple[Check, ...]] = (
    check_instruments,
    check_ways_in,
    check_elsewhere,
    check_sample_size,
    check_weights,
    check_uneven_waves,
    check_composition,
    check_missing_answers,
    check_unsaid,
    check_straight_lines,
    check_identical_sheets,
    check_too_fast,
    check_stuffing,
)
_ORDER: Final = ("blocks", "flags", "passes")
_OF_THE_WAVES: Final = frozenset({"mode_mix", "recruitment_mix", "weights"})


@dataclass(frozen=True, slots=True)
class Guarded:
    """findings: what blocks stands first, then what flags. blocked_by: ids of those that block.

    compared: with no verdict where one blocks. again: the headline without doubted sheets.
    """

    findings: list[Finding]
    blocked_by: tuple[str, ...]
    compared: list[Compared]
    again: list[Reanalysis]


def guard(pair: WavePair, compared: Sequence[Compared]) -> Guarded:
    """Is the comparison of these two waves fair, and does its headline stand?

    Runs every check, compares the main outcomes without doubted sheets, and takes the verdict from
    what a blocking finding bears on: from every comparison where the waves were reached otherwise
    or their weights are too wild, else from the main outcomes. What could not be judged stays so.
    """
    doubted = doubted_sheets(pair)
    again = look_again(pair, compared, doubted)
    findings = [*(f for check in CHECKS for f in check(pair)), *findings_of(again, doubted)]
    blocked = _blocking(findings)
    return Guarded(
        findings=sorted(findings, key=lambda finding: _ORDER.index(finding.level)),
        blocked_by=blocked,
        compared=[_without_verdict(c) if takes_verdict(blocked, c.family) else c for c in compared],
        again=again,
    )


def blocked_by(pair: WavePair) -> tuple[str, ...]:
    """Ids of the findings that forbid to read a difference of these waves as a change."""
    return _blocking(finding for check in CHECKS for finding in check(pair))


def takes_verdict(blocked: Sequence[str], family: Family) -> bool:
    """Main outcomes lose it by anything that blocks, the others where the waves themselves do."""
    return bool(blocked) and (family == "primary" or not _OF_THE_WAVES.isdisjoint(blocked))


def _blocking(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(finding.id for finding in findings if finding.level == "blocks"))


def held_back(again: Reanalysis) -> Reanalysis:
    """What carries no verdict in the headline carries none here."""
    return replace(again, compared=_without_verdict(again.compared), agrees=None)


def _without_verdict(compared: Compared) -> Compared:
    if isinstance(compared.verdict, NotEstimable):
        return compared
    return replace(compared, verdict="not_comparable")
