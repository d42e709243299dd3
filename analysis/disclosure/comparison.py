"""One comparison as it may be published, with its sentence told anew from the rounded numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Final

from analysis.disclosure.audit.bases import Bases
from analysis.disclosure.audit.concealed import Code, Concealed
from analysis.disclosure.rounding import P, change_decimals, level_decimals, rounded, rounded_base
from analysis.disclosure.rules import (
    BESIDE,
    LEAST_N_EFF,
    LOW_PRECISION,
    TOLD_TOGETHER,
    TOO_FEW_TO_REPORT,
    few_chose,
    fewer_than,
    hidden_base,
    hidden_estimate,
    suppressed,
)
from analysis.narrative import Shown, leaves_zero_out, narrate
from analysis.sentences import Grade

SmallestChanges = dict[tuple[str, str], Any]

_KEPT: Final = ("outcome", "measure", "share_of", "group", "title", "low", "high")
_EFFECT_DECIMALS: Final = 2
TELLS_THE_BASE: Final = suppressed("it would tell the exact number of answers")


@dataclass(frozen=True, slots=True)
class Context:
    """What a comparison's release depends on beside itself.

    alone: of each nominal question, the codes whose share is published by itself. groups: of each
    question that divides people into groups, the codes that its answers tell by themselves; nothing
    is known of other breakdowns. disputed: main outcomes of which a published analysis says
    something else.
    """

    threshold: int
    bases: Bases
    groups: Mapping[str, AbstractSet[Code]]
    grade: Grade
    alone: Mapping[str, set[int]]
    smallest_changes: SmallestChanges
    disputed: frozenset[tuple[str, str]] = frozenset()


def release_comparison(comparison: dict[str, Any], context: Context) -> dict[str, Any]:
    """Hidden where either wave's estimate is: a change tells of both."""
    hidden = {wave: _hidden(comparison, wave, context) for wave in ("before", "after")}
    worst = hidden_comparison(comparison, context)
    key = comparison["outcome"], comparison["measure"]
    released: dict[str, Any] = {
        **{key: comparison[key] for key in _KEPT},
        **{wave: hidden[wave] or _estimate(comparison, wave, context.bases) for wave in hidden},
        "change": _change(comparison, worst, context.bases),
        "effects": {
            name: worst or _effect(effect, comparison)
            for name, effect in comparison["effects"].items()
        },
        "smallest_change": context.smallest_changes[key],
        "higher_is_favourable": comparison["higher_is_favourable"],
        "verdict": worst or comparison["verdict"],
        "because": None if worst else comparison["because"],
        "depends_on_method": (
            comparison["depends_on_method"] and not worst and key in context.disputed
        ),
    }
    is_held_back = leaves_zero_out(comparison["change"])
    shown = Shown(0, level_decimals(comparison), n_is_rounded=True)
    sentences = narrate(released, context.grade, shown, is_held_back=is_held_back)
    return {**released, "sentence": sentences["en"], "sentences": sentences}


def hidden_comparison(comparison: dict[str, Any], context: Context) -> dict[str, str] | None:
    """Why a comparison is hidden; None where it may be shown."""
    return _hidden(comparison, "before", context) or _hidden(comparison, "after", context)


def question_of(comparison: Mapping[str, Any]) -> str:
    """Whose valid answers are its base: the question of a share, else the outcome."""
    share = comparison["share_of"]
    return str(share["variable"] if share else comparison["outcome"])


def _hidden(comparison: dict[str, Any], wave: str, context: Context) -> dict[str, str] | None:
    share = comparison["share_of"]
    alone = context.alone.get(share["variable"]) if share else None
    if alone is not None and not alone.issuperset(share["codes"]):
        return few_chose(context.threshold)
    group = comparison["group"]
    if group and group["code"] not in context.groups.get(group["variable"], {group["code"]}):
        return TOLD_TOGETHER  # and not which of them is the small one
    small = hidden_estimate(comparison, wave, context.threshold)
    if small and "n" in comparison[wave]:
        small = _as_told(small, context.bases.rests_on(wave, comparison[wave]["n"], group), context)
    return small or (BESIDE if group and _is_beside(comparison, context.bases.concealed) else None)


def _as_told(small: dict[str, str], rests_on: float, context: Context) -> dict[str, str]:
    """A base that misses a few of its whole is called as small as the whole: else it tells them."""
    threshold = context.threshold
    if small not in (fewer_than(threshold), hidden_base(TOO_FEW_TO_REPORT - 1, threshold)):
        return small
    return hidden_base(math.floor(rests_on), threshold) or LOW_PRECISION


def _is_beside(comparison: dict[str, Any], concealed: Concealed) -> bool:
    """R5: a group that would give a smaller number away, by subtraction."""
    group, share = comparison["group"], comparison["share_of"]
    row = group["variable"], group["code"], question_of(comparison)
    return row in concealed.rows or (
        share is not None and (*row, tuple(share["codes"])) in concealed.shares
    )


def _estimate(comparison: dict[str, Any], wave: str, bases: Bases) -> dict[str, Any]:
    estimate, decimals = comparison[wave], level_decimals(comparison)
    n, group = estimate["n"], comparison["group"]
    return {
        "estimate": round(estimate["estimate"], decimals),
        "se": TELLS_THE_BASE if group else rounded(estimate["se"], decimals),
        "ci_low": rounded(estimate["ci_low"], decimals),
        "ci_high": rounded(estimate["ci_high"], decimals),
        "n": bases.told(wave, n, group),
        "n_eff": bases.in_proportion(estimate["n_eff"], wave, n, group),
        "n_chosen": None if estimate["n_chosen"] is None else TELLS_THE_BASE,
    }


def _change(
    comparison: dict[str, Any], hidden: dict[str, str] | None, bases: Bases
) -> dict[str, Any]:
    change, decimals = comparison["change"], change_decimals(comparison)
    if hidden or "not_estimable" in change:
        return {**(hidden or change), "family": change["family"]}
    in_units = ("estimate", "ci_low", "ci_high", "ci90_low", "ci90_high")
    group = comparison["group"]
    return {
        **{key: round(change[key], decimals) for key in in_units},
        "se": TELLS_THE_BASE if group else round(change["se"], decimals),
        "df": TELLS_THE_BASE if group else told_df(change["df"], comparison, bases),
        "statistic": TELLS_THE_BASE if group else round(change["statistic"], _EFFECT_DECIMALS),
        "p": round(change["p"], P),
        "p_adjusted": round(change["p_adjusted"], P),
        "family": change["family"],
    }


def told_df(df: float, comparison: Mapping[str, Any], bases: Bases) -> int:
    """A small one counts blocks, not people; a large one grows with the bases as they are told."""
    if df < LEAST_N_EFF:
        return round(df)
    n = {wave: comparison[wave]["n"] for wave in ("before", "after")}
    return rounded_base(df * sum(bases.rests_on(w, n[w]) for w in n) / sum(n.values()))


def _effect(effect: dict[str, Any], comparison: dict[str, Any]) -> dict[str, Any]:
    if "not_estimable" in effect:
        return effect
    is_share = comparison["measure"] == "share"
    decimals = change_decimals(comparison) if is_share else _EFFECT_DECIMALS
    numbers = ("estimate", "ci_low", "ci_high")
    return {**{key: round(effect[key], decimals) for key in numbers}, "method": effect["method"]}
