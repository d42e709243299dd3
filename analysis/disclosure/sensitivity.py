"""Other methods' figures as they may be published: often only whether they agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from analysis.disclosure.audit.bases import Bases
from analysis.disclosure.comparison import told_df
from analysis.disclosure.rounding import PERCENT, P, change_decimals, rounded, rounded_base
from analysis.disclosure.rules import hidden_base, suppressed

Hidden = Mapping[str, str] | None

_HEAD: Final = ("method", "question", "reference")
_DECIMALS: Final[Mapping[str | None, int]] = {"probability": 2, "odds": 2, "rank": 3, "sd": 2}
_STATISTIC: Final = 2
# Sizes that stand beside an estimate; all other figures stay in the computed document.
_TOLD_FIGURES: Final = ("cliff_delta", "dz", "dz_low", "dz_high", "d_av", "d_av_low", "d_av_high")
_FEW_LEFT_OUT: Final = suppressed("it would tell of the few people it leaves out")
_FEW_COUNTED: Final = suppressed("it rests on few people who answered otherwise")
_NOT_POSSIBLE: Final = "these answers do not allow it"


def release_sensitivity(
    sensitivity: Mapping[str, Any],
    main: dict[str, Any],
    bases: Bases,
    hidden: Hidden,
    matters: object,
) -> dict[str, Any]:
    """What other methods say beside one main outcome.

    main: its comparison, unrounded. hidden: why that is hidden; then nothing of the others is told.
    matters: the smallest change that matters, as it is published.
    """
    return {
        "outcome": sensitivity["outcome"],
        "measure": sensitivity["measure"],
        "equivalence": hidden or _equivalence(sensitivity["equivalence"], matters),
        "links": _links(sensitivity["links"], main, bases.threshold, hidden),
        "analyses": _analyses(sensitivity["analyses"], main, bases, hidden),
    }


def _analyses(
    rows: Sequence[Mapping[str, Any]], main: dict[str, Any], bases: Bases, hidden: Hidden
) -> list[dict[str, Any]]:
    """Two rows whose people differ by a few would tell of those few: the second only agrees."""
    told: list[dict[str, Any]] = []
    shown: list[Mapping[str, Any]] = []
    for row in rows:
        released = release_analysis(row, main, bases, hidden)
        if "n_before" in released and any(_differ_by_few(row, s, bases.threshold) for s in shown):
            released = {name: released[name] for name in (*_HEAD, "agrees")} | _FEW_LEFT_OUT
        elif "n_before" in released:
            shown.append(row)
        told.append(released)
    return told


def _differ_by_few(row: Mapping[str, Any], other: Mapping[str, Any], threshold: int) -> bool:
    return any(0 < abs(row[n] - other[n]) < threshold for n in ("n_before", "n_after"))


def release_analysis(
    row: Mapping[str, Any], main: dict[str, Any], bases: Bases, hidden: Hidden
) -> dict[str, Any]:
    """One analysis beside a main one.

    Agreement alone is told where the method leaves out 1 to `threshold` - 1 of the main analysis's
    people, or rests on so few who did something: the figures of both would tell of those few.
    """
    head, threshold = {name: row[name] for name in _HEAD}, bases.threshold
    if hidden:
        return {**head, "agrees": None, **hidden}
    if "not_estimable" in row:
        return {**head, "agrees": None, "not_estimable": _reason(row["not_estimable"])}
    few = hidden_base(min(row["n_before"], row["n_after"]), threshold)
    if few:
        return {**head, "agrees": None, **few}
    if _leaves_out_few(row, main, threshold):
        return {**head, "agrees": row["agrees"], **_FEW_LEFT_OUT}
    if any(count < threshold for count in row["counts"].values()):
        return {**head, "agrees": row["agrees"], **_FEW_COUNTED}
    return {**head, "agrees": row["agrees"], **_figures(row, main, bases)}


def release_question(
    question: Mapping[str, Any],
    shares: Sequence[dict[str, Any]],
    bases: Bases,
    hidden: Sequence[Hidden],
) -> dict[str, Any]:
    """A question without order: what bears on an answer that is hidden is hidden too.

    shares: the comparison of each answer, unrounded; hidden: why it is hidden, or None.
    """
    worst = next((reason for reason in hidden if reason), None)
    answers = zip(question["answers"], hidden, strict=True)
    return {
        **{name: question[name] for name in ("question", "title", "asked")},
        "answers": [
            {**answer, "p_within": reason or rounded(answer["p_within"], P)}
            for answer, reason in answers
        ],
        "tests": [release_analysis(row, shares[0], bases, worst) for row in question["tests"]],
    }


def disputed_in(
    sensitivity: Iterable[Mapping[str, Any]], again: Iterable[Mapping[str, Any]]
) -> frozenset[tuple[str, str]]:
    """Main outcomes of which something published says something else."""
    by_method = {
        (outcome["outcome"], outcome["measure"])
        for outcome in sensitivity
        if any(row["agrees"] is False for row in outcome["analyses"])
    }
    comparisons = (r["comparison"] for r in again if r["agrees"] is False)
    return frozenset(by_method | {(c["outcome"], c["measure"]) for c in comparisons})


def _equivalence(equivalence: Mapping[str, Any], matters: object) -> dict[str, Any]:
    if "not_estimable" in equivalence:
        return {"not_estimable": _reason(equivalence["not_estimable"])}
    told = {name: round(value, P) for name, value in equivalence.items() if name != "margin"}
    return {"margin": matters, **told}


def _links(
    links: Mapping[str, Any] | None, main: dict[str, Any], threshold: int, hidden: Hidden
) -> dict[str, Any] | None:
    """How many answered twice tells how many did not: both must be enough, or nobody was lost."""
    if links is None:
        return None
    if hidden or "not_estimable" in links:
        return dict(hidden or links)
    alone = [main[wave]["n"] - links["pairs"] for wave in ("before", "after")]
    few = hidden_base(links["pairs"], threshold)
    if few or any(0 < people < threshold for people in alone):
        return few or _FEW_LEFT_OUT
    return {
        "pairs": rounded_base(links["pairs"]),
        "share_of_before": round(links["share_of_before"], PERCENT),
        "share_of_after": round(links["share_of_after"], PERCENT),
        "lost_less_retained": _lost(links["lost_less_retained"], main, threshold),
    }


def _lost(lost: Mapping[str, Any], main: dict[str, Any], threshold: int) -> dict[str, Any]:
    if "not_estimable" in lost:
        return {"not_estimable": _reason(lost["not_estimable"])}
    few = hidden_base(min(lost["n_retained"], lost["n_lost"]), threshold)
    if few:
        return few
    decimals = change_decimals(main)
    return {
        **{name: round(lost[name], decimals) for name in ("estimate", "ci_low", "ci_high")},
        "p": round(lost["p"], P),
        "n_retained": rounded_base(lost["n_retained"]),
        "n_lost": rounded_base(lost["n_lost"]),
    }


def _reason(reason: str) -> str:
    """A reason with a number in it may tell how many people did something."""
    return _NOT_POSSIBLE if any(sign.isdigit() for sign in reason) else reason


def _leaves_out_few(row: Mapping[str, Any], main: Mapping[str, Any], threshold: int) -> bool:
    left_out = (main[wave]["n"] - row[f"n_{wave}"] for wave in ("before", "after"))
    return any(0 < people < threshold for people in left_out)


def _figures(row: Mapping[str, Any], main: dict[str, Any], bases: Bases) -> dict[str, Any]:
    unit, figures = row["unit"], row["figures"]
    decimals = change_decimals(main) if unit == "outcome" else _DECIMALS.get(unit, 0)
    return {
        "unit": unit,
        "no_change": row["no_change"],
        **{name: rounded(row[name], decimals) for name in ("estimate", "ci_low", "ci_high")},
        "statistic": rounded(row["statistic"], _STATISTIC),
        "df": None if row["df"] is None else _df(row, bases),
        "p": rounded(row["p"], P),
        "n_before": bases.told("before", row["n_before"]),
        "n_after": bases.told("after", row["n_after"]),
        "figures": {n: round(figures[n], _STATISTIC) for n in _TOLD_FIGURES if n in figures},
        "counts": {},
    }


def _df(row: Mapping[str, Any], bases: Bases) -> int:
    """A small one counts blocks or categories, not people."""
    n = {wave: {"n": row[f"n_{wave}"]} for wave in ("before", "after")}
    return told_df(row["df"], n, bases)
