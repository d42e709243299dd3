"""One comparison as it may be published, with its sentence told anew from the rounded numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.disclosure.rounding import P, change_decimals, level_decimals, rounded, rounded_base
from analysis.disclosure.rules import LEAST_N_EFF, hidden_estimate, suppressed
from analysis.narrative import Shown, leaves_zero_out, narrate
from analysis.sentences import Grade

SmallestChanges = dict[tuple[str, str], Any]

_KEPT: Final = ("outcome", "measure", "share_of", "group", "title", "low", "high")
_EFFECT_DECIMALS: Final = 2
TELLS_THE_BASE: Final = suppressed("it would tell the exact number of answers")


@dataclass(frozen=True, slots=True)
class Context:
    """What a comparison's release depends on beside itself.

    alone: of each nominal question, the codes whose share is published by itself. disputed: main
    outcomes of which a published analysis says something else.
    """

    threshold: int
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
        **{wave: hidden[wave] or _estimate(comparison, wave) for wave in hidden},
        "change": _change(comparison, worst),
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


def _hidden(comparison: dict[str, Any], wave: str, context: Context) -> dict[str, str] | None:
    share = comparison["share_of"]
    alone = context.alone.get(share["variable"]) if share else None
    if alone is not None and not alone.issuperset(share["codes"]):
        return suppressed(f"fewer than {context.threshold} people gave this answer, or any other")
    return hidden_estimate(comparison, wave, context.threshold)


def _estimate(comparison: dict[str, Any], wave: str) -> dict[str, Any]:
    estimate, decimals = comparison[wave], level_decimals(comparison)
    return {
        "estimate": round(estimate["estimate"], decimals),
        "se": TELLS_THE_BASE if comparison["group"] else rounded(estimate["se"], decimals),
        "ci_low": rounded(estimate["ci_low"], decimals),
        "ci_high": rounded(estimate["ci_high"], decimals),
        "n": rounded_base(estimate["n"]),
        "n_eff": rounded_base(estimate["n_eff"]),
        "n_chosen": None if estimate["n_chosen"] is None else TELLS_THE_BASE,
    }


def _change(comparison: dict[str, Any], hidden: dict[str, str] | None) -> dict[str, Any]:
    change, decimals = comparison["change"], change_decimals(comparison)
    if hidden or "not_estimable" in change:
        return {**(hidden or change), "family": change["family"]}
    in_units = ("estimate", "ci_low", "ci_high", "ci90_low", "ci90_high")
    group = comparison["group"]
    return {
        **{key: round(change[key], decimals) for key in in_units},
        "se": TELLS_THE_BASE if group else round(change["se"], decimals),
        "df": TELLS_THE_BASE if group else _df(change["df"]),
        "statistic": TELLS_THE_BASE if group else round(change["statistic"], _EFFECT_DECIMALS),
        "p": round(change["p"], P),
        "p_adjusted": round(change["p_adjusted"], P),
        "family": change["family"],
    }


def _df(df: float) -> int:
    """A small one counts blocks, not people: those are at least 30 and effectively 30 a wave."""
    return rounded_base(df) if df >= LEAST_N_EFF else round(df)


def _effect(effect: dict[str, Any], comparison: dict[str, Any]) -> dict[str, Any]:
    if "not_estimable" in effect:
        return effect
    is_share = comparison["measure"] == "share"
    decimals = change_decimals(comparison) if is_share else _EFFECT_DECIMALS
    numbers = ("estimate", "ci_low", "ci_high")
    return {**{key: round(effect[key], decimals) for key in numbers}, "method": effect["method"]}
