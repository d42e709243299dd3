"""What a document says of two groups beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.comparisons.contrast import Change
from analysis.gaps.between import Gap
from analysis.gaps.closing import Closing, closing_of
from analysis.gaps.sentences import tell_gap
from analysis.interactions import Interaction, InteractionFamily
from analysis.narrative import Shown, leaves_zero_out
from analysis.plain import plain
from analysis.refusals import NotEstimable
from analysis.verdict import Evidence, Verdict, verdict_of

Main = Mapping[str, Any]


def interactions_section(found: Iterable[Interaction], comparisons: Sequence[Main]) -> list[Any]:
    """Each interaction with its gaps: verdict on the change of the gap, and what closed.

    Judged against the smallest change that matters of the main comparison, with the p that is
    adjusted over the pairs and held to the one test of all groups. What takes the verdict from the
    main comparison takes it from the gaps. comparisons: of the computed document.
    """
    mains = {(c["outcome"], c["measure"]): c for c in comparisons if c["group"] is None}
    return [_told(one, mains[one.outcome, one.measure]) for one in found]


def _told(interaction: Interaction, main: Main) -> dict[str, Any]:
    document: dict[str, Any] = plain(interaction)
    if isinstance(interaction.gaps, NotEstimable):
        return document
    told = [_gap(gap, interaction.family, main) for gap in interaction.gaps]
    return {**document, "gaps": told}


def _gap(gap: Gap, family: InteractionFamily, main: Main) -> dict[str, Any]:
    verdict, closing = _judged(gap, main)
    change = plain(gap.change)
    told = {
        "first": plain(gap.first),
        "second": plain(gap.second),
        "before": plain(gap.before),
        "after": plain(gap.after),
        "change": change if gap.p_adjusted is None else {**change, "p_adjusted": gap.p_adjusted},
        "verdict": plain(verdict),
        "closing": plain(closing),
        "because": main["because"],
    }
    is_held_back = leaves_zero_out(told["change"])
    sentences = tell_gap(told, main, family, Shown(), is_held_back=is_held_back)
    return {**told, "sentence": sentences["en"], "sentences": sentences}


def _judged(gap: Gap, main: Main) -> tuple[Verdict | NotEstimable, Closing | NotEstimable]:
    if isinstance(main["verdict"], Mapping):
        return (NotEstimable(main["verdict"]["not_estimable"]),) * 2
    match gap.before, gap.after, gap.change:
        case (Change() as before, Change() as after, Change() as change):
            verdict = _verdict(change, gap.p_adjusted, main)
            sides = (before.ci_low, before.ci_high), (after.ci_low, after.ci_high)
            return verdict, closing_of(verdict, *sides)
        case parts:
            refused = next(part for part in reversed(parts) if isinstance(part, NotEstimable))
            return refused, refused


def _verdict(change: Change, p_adjusted: float | None, main: Main) -> Verdict:
    if main["verdict"] == "not_comparable":
        return "not_comparable"
    ci95, ci90 = (change.ci_low, change.ci_high), (change.ci90_low, change.ci90_high)
    return verdict_of(Evidence(ci95, ci90, main["smallest_change"], p_adjusted))
