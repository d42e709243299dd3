"""The main outcomes once more, without the sheets that the checks doubt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from analysis.compare import Compared
from analysis.comparisons import METHODS, compare_waves
from analysis.comparisons.difference import Domain
from analysis.estimates import ESTIMATES
from analysis.guard.answers.identical_sheets import surplus_copies
from analysis.guard.answers.straight_lines import contradicting_lines
from analysis.guard.answers.stuffing import stuffed_sheets
from analysis.guard.answers.too_fast import too_fast_sheets
from analysis.guard.finding import Finding, Level
from analysis.guard.pair import WAVES, Mask, WavePair
from analysis.outcomes import outcome_values
from analysis.reanalyses import Reanalysis, beside
from analysis.refusals import NotEstimable

Doubted = tuple[Mask, Mask]


def look_again(pair: WavePair, compared: Sequence[Compared], doubted: Doubted) -> list[Reanalysis]:
    """Does the headline stand without the sheets that the checks doubt?

    They leave the domain, not the design: strata and PSUs stay as they were drawn. It agrees when
    sign and verdict are those of all sheets. Nothing is compared again where no sheet is doubted.
    Refuses nothing; what cannot be compared without them carries its reason.
    """
    if not any(mask.any() for mask in doubted):
        return []
    main = [c for c in compared if c.family == "primary"]
    again = list(_compared_without(pair, main, doubted))
    found = beside("without_doubted_sheets", main, again)
    return [_told(r, lead) for r, lead in zip(found, main, strict=True)]


def findings_of(again: Sequence[Reanalysis], doubted: Doubted) -> Iterator[Finding]:
    """What the second look found; `again` from `look_again`.

    Nothing, where a main outcome could not be compared again and none is another: nobody knows
    whether it stands.
    """
    is_another = any(r.agrees is False for r in again)
    if is_another or all(r.agrees for r in again):
        level: Level = "flags" if is_another else "passes"
        numbers = {wave: {"n": int(mask.sum())} for wave, mask in zip(WAVES, doubted, strict=True)}
        yield Finding("doubted_sheets", level, numbers=numbers)


def doubted_sheets(pair: WavePair) -> Doubted:
    """Which sheets are doubted, in each wave?

    Sent too fast to be read; like stuffing as they came; one answer all down a scale that runs both
    ways; alike in every answer with another, in a wave that has more of those than chance explains.
    """
    before, after = np.zeros(pair.before.n, dtype=np.bool_), np.zeros(pair.after.n, dtype=np.bool_)
    for sheets in (too_fast_sheets, stuffed_sheets, contradicting_lines, surplus_copies):
        found = sheets(pair)
        before |= found[0]
        after |= found[1]
    return before, after


def _compared_without(
    pair: WavePair, main: Sequence[Compared], doubted: Doubted
) -> Iterator[Compared]:
    kept = Domain(np.flatnonzero(~doubted[0]), pair.before.n + np.flatnonzero(~doubted[1]))
    for c in main:
        values = outcome_values(c.outcome, pair.before, pair.after, pair.shared)
        method = ESTIMATES[c.outcome.measure], METHODS[c.outcome.measure]
        comparison = compare_waves(values, kept, pair.design, pair.variance, method)
        yield replace(c, comparison=comparison, p_adjusted=None)


def _told(again: Reanalysis, lead: Compared) -> Reanalysis:
    """What carries no verdict in the headline carries none here."""
    if isinstance(lead.verdict, NotEstimable):
        return replace(again, compared=replace(again.compared, verdict=lead.verdict))
    return replace(again, agrees=_agrees(again, lead))


def _agrees(again: Reanalysis, lead: Compared) -> bool | None:
    changes = again.compared.comparison.change, lead.comparison.change
    if isinstance(changes[0], NotEstimable) or isinstance(changes[1], NotEstimable):
        return again.agrees
    return again.agrees and changes[0].estimate * changes[1].estimate >= 0
