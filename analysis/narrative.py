"""The sentence of each comparison, told from the numbers of the document it stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.sentences import About, Figures, Grade, tell, tell_reason

_HIDDEN: Final = "too few answers, or too imprecise, to report"


@dataclass(frozen=True, slots=True)
class Shown:
    """How exact the numbers of a document are."""

    percent_decimals: int = 1
    mean_decimals: int = 2
    n_is_rounded: bool = False


def narrate(
    comparison: Mapping[str, Any], grade: Grade, shown: Shown, *, is_held_back: bool
) -> dict[str, str]:
    """What does a comparison say, in every language?

    comparison: as it stands in the document, its sentences not yet needed. is_held_back: the
    unrounded interval leaves 0 out (see `Figures`). Uses no number that the document does not show.
    """
    verdict, title = comparison["verdict"], comparison["title"]
    if isinstance(verdict, Mapping):
        return tell_reason(verdict.get("not_estimable", _HIDDEN), title=title)
    before, after, change = comparison["before"], comparison["after"], comparison["change"]
    figures = Figures(
        measure=comparison["measure"],
        before=before["estimate"],
        after=after["estimate"],
        change=change["estimate"],
        ci_low=change["ci_low"],
        ci_high=change["ci_high"],
        p=change["p_adjusted"],
        n_before=before["n"],
        n_after=after["n"],
        smallest_change=comparison["smallest_change"],
        ends=None if comparison["low"] is None else (comparison["low"], comparison["high"]),
        is_held_back=is_held_back,
        n_is_rounded=shown.n_is_rounded,
        percent_decimals=shown.percent_decimals,
        mean_decimals=shown.mean_decimals,
    )
    return tell(verdict, figures, _about(comparison, grade))


def leaves_zero_out(change: Mapping[str, Any]) -> bool:
    """Whether the 95 % interval of a change lies on one side of zero."""
    return "ci_low" in change and not change["ci_low"] <= 0 <= change["ci_high"]


def _about(comparison: Mapping[str, Any], grade: Grade) -> About:
    share_of, group = comparison["share_of"], comparison["group"]
    return About(
        title=comparison["title"],
        answers=share_of["label"] if share_of else {},
        group=group["label"] if group else None,
        family=comparison["change"]["family"],
        grade=grade,
        because=comparison["because"] or {},
        depends_on_method=comparison["depends_on_method"],
    )
