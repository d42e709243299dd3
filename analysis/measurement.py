"""Does a scale measure the same thing in two waves, languages or modes: item by item."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from analysis.codebook import Scale
from analysis.dataset import FloatArray, LabelArray
from analysis.design import IntArray
from analysis.multiplicity import holm
from analysis.probability import LEVEL
from analysis.proportional_odds import FittedOdds, Patterns, fit_patterns
from analysis.refusals import NotEstimable, Refusal

FEWEST_COMPLETE: Final = 200
# Jodoin & Gierl (2001): under it a difference is negligible, however sure.
R2_THAT_MATTERS: Final = 0.035
_FEWEST_ITEMS: Final = 3


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """How one item's answers differ between two groups of equal standing on the other items.

    Likelihood-ratio statistics on 1 df and their p-values; `log_odds` of a higher answer in the
    second group; `r2_change`, Nagelkerke's R2 of both differences together.
    """

    lr_uniform: float
    p_uniform: float
    lr_nonuniform: float
    p_nonuniform: float
    log_odds: float
    r2_change: float


@dataclass(frozen=True, slots=True)
class ComparedItem:
    """An item with its p-values adjusted over the scale, and whether it must be told of."""

    item: str
    difference: ItemDifference
    holm_uniform: float
    holm_nonuniform: float
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class MeasurementCheck:
    """`groups`: what was compared, and how many complete answers each had. `unchecked`: why not."""

    groups: tuple[str, str]
    n: tuple[int, int]
    items: tuple[ComparedItem, ...]
    unchecked: tuple[tuple[str, NotEstimable], ...]

    @property
    def flagged(self) -> tuple[str, ...]:
        return tuple(item.item for item in self.items if item.is_flagged)

    @property
    def words(self) -> tuple[str, ...]:
        """A sentence for each flagged item."""
        return tuple(
            f"{item.item!r} is answered {'higher' if item.difference.log_odds > 0 else 'lower'} in "
            f"{self.groups[1]!r} than in {self.groups[0]!r} by people who agree on the other items"
            for item in self.items
            if item.is_flagged
        )


def check_measurement(
    answers: FloatArray,
    labels: LabelArray,
    groups: tuple[str, str],
    names: Sequence[str],
    fewest: int = FEWEST_COMPLETE,
) -> MeasurementCheck | NotEstimable:
    """Does each item mean the same in both groups: waves, languages, or ways of answering?

    Each item by `item_difference`; Holm over the items, for each of the two tests; flagged where an
    adjusted p < 1 - level and Nagelkerke's R2 grows by 0.035 or more: sure and large enough. Then
    the scale is compared again without the flagged items (`scale_without`).

    answers: (n, k), NaN where not answered, reversed items turned. labels: (n,) group of each row;
    rows of other groups are left out. groups: the reference first. names: k item ids. Compare
    several languages each with the largest.
    Uses respondents who answered every item, unweighted.
    Refuses (`Refusal`): shapes that do not match, answers that are not whole. `NotEstimable`: under
    200 complete answers in a group; fewer than three items; one item alone, where its fit fails.
    Reference: Zumbo (1999), A Handbook on the Theory and Methods of Differential Item Functioning;
    Jodoin & Gierl (2001), Applied Measurement in Education 14:329-349, for the size.
    Checked against: R `ordinal::clm` (O16b), and simulated items with and without a difference.

    >>> rng = np.random.default_rng(2)
    >>> trust = rng.normal(size=(500, 1))
    >>> answers = np.round(np.clip(3 + trust + rng.normal(size=(500, 4)), 1, 5))
    >>> wave = np.repeat(["before", "after"], 250)
    >>> check_measurement(answers, wave, ("before", "after"), ["a", "b", "c", "d"]).flagged
    ()
    """
    complete, group = _complete(answers, labels, groups, names)
    n = (int((group == 0).sum()), int((group == 1).sum()))
    if len(names) < _FEWEST_ITEMS:
        return NotEstimable(f"{len(names)} items; comparing how they measure needs {_FEWEST_ITEMS}")
    if min(n) < fewest:
        return NotEstimable(
            f"not enough answers to check: {n[0]} complete in {groups[0]!r} and {n[1]} in "
            f"{groups[1]!r}; it takes {fewest} in each"
        )
    rest = complete.sum(axis=1)
    found = [
        (name, item_difference(complete[:, j], rest - complete[:, j], group))
        for j, name in enumerate(names)
    ]
    fitted = [(name, d) for name, d in found if isinstance(d, ItemDifference)]
    return MeasurementCheck(
        groups=groups,
        n=n,
        items=_judged(fitted),
        unchecked=tuple((name, d) for name, d in found if isinstance(d, NotEstimable)),
    )


def item_difference(
    item: IntArray, rest: IntArray, group: IntArray
) -> ItemDifference | NotEstimable:
    """Do two groups answer an item differently at the same standing on the other items?

    Proportional odds of the item on the rest score r, M0: r; M1: r + group; M2: r + group +
    r x group. Uniform difference: 2 (l1 - l0); nonuniform: 2 (l2 - l1); each on chi-square with
    1 df. R2 = (1 - exp(2 (l - l2)/n)) / (1 - exp(2 l/n)) minus the same for l0, with l of the
    model without predictors (Nagelkerke 1991).

    item: (n,) codes. rest: (n,) sums (or means: the unit does not matter) of the codes of the other
    items. group: (n,) 0 or 1.
    Assumes that most items mean the same in both groups, and proportional odds.
    Refuses (`NotEstimable`): what `fit_proportional_odds` refuses for one of the models.
    Reference: Zumbo (1999); Nagelkerke (1991), Biometrika 78:691-692. Checked against: R
    `ordinal::clm` (O16b).
    """
    x, held = _counted(item, rest, group)
    fits: list[FittedOdds] = []
    for predictors in (1, 2, 3):
        fit = fit_patterns(Patterns(x[:, :predictors], held), fits[-1] if fits else None)
        if isinstance(fit, NotEstimable):
            return fit
        fits.append(fit)
    m0, m1, m2 = (fit.log_likelihood for fit in fits)
    null = _without_predictors(held.sum(axis=0))
    uniform, nonuniform = (max(2 * (b - a), 0.0) for a, b in ((m0, m1), (m1, m2)))
    n = float(held.sum())
    return ItemDifference(
        lr_uniform=uniform,
        p_uniform=_chi_square_tail(uniform),
        lr_nonuniform=nonuniform,
        p_nonuniform=_chi_square_tail(nonuniform),
        log_odds=float(fits[1].coefficients[1]),
        r2_change=_nagelkerke(null, m2, n) - _nagelkerke(null, m0, n),
    )


def scale_without(scale: Scale, items: Collection[str]) -> Scale | NotEstimable:
    """The scale for the second look at the headline; refuses when under two items would be left."""
    kept = tuple(item for item in scale.items if item not in items)
    if len(kept) < 2:  # noqa: PLR2004 - a scale is more than an item
        return NotEstimable(f"without {', '.join(sorted(items))} the scale has {len(kept)} items")
    return replace(scale, items=kept, reverse=tuple(item for item in scale.reverse if item in kept))


def _complete(
    answers: FloatArray, labels: LabelArray, groups: tuple[str, str], names: Sequence[str]
) -> tuple[IntArray, IntArray]:
    if answers.ndim != 2 or answers.shape != (len(labels), len(names)):  # noqa: PLR2004 - a matrix
        raise Refusal(
            f"measurement: answers of shape {answers.shape} for {len(labels)} labels and "
            f"{len(names)} items; give a row a respondent and a column an item"
        )
    odd = np.argwhere(~np.isnan(answers) & ~(np.isfinite(answers) & (answers == np.rint(answers))))
    if odd.size:
        row, column = odd[0]
        raise Refusal(
            f"measurement: item {names[column]!r}, row {row}: the answer is "
            f"{answers[row, column]}; give a whole code, or NaN for none"
        )
    group = np.select([labels == groups[0], labels == groups[1]], [0, 1], -1)
    used = ~np.isnan(answers).any(axis=1) & (group >= 0)
    return answers[used].astype(np.int64), group[used].astype(np.int64)


def _counted(item: IntArray, rest: IntArray, group: IntArray) -> tuple[FloatArray, FloatArray]:
    """Centred rest score, group and their product as they occur, and how many gave each code."""
    codes, answer = _numbered(item)
    sums, standing = _numbered(rest)
    size = len(sums) * 2 * len(codes)
    cell = (standing * 2 + group) * len(codes) + answer
    held = np.bincount(cell, minlength=size).reshape(-1, len(codes))
    occurs = np.flatnonzero(held.any(axis=1))
    score = (sums - sums.mean())[occurs // 2]
    second = occurs % 2.0
    return np.column_stack([score, second, score * second]), held[occurs].astype(np.float64)


def _numbered(values: IntArray) -> tuple[IntArray, IntArray]:
    """The distinct whole numbers in order, and where each value stands among them."""
    lowest = values.min()
    occurs = np.bincount(values - lowest) > 0
    return np.flatnonzero(occurs) + lowest, (np.cumsum(occurs) - 1)[values - lowest]


def _without_predictors(held: FloatArray) -> float:
    """The largest log-likelihood of one set of shares for everybody."""
    return float((held * np.log(held / held.sum())).sum())


def _chi_square_tail(statistic: float) -> float:
    """P(chi-square with 1 df > statistic): the square of a standard normal."""
    return math.erfc(math.sqrt(statistic / 2))


def _nagelkerke(null: float, fitted: float, n: float) -> float:
    return math.expm1(2 * (null - fitted) / n) / math.expm1(2 * null / n)


def _judged(fitted: Sequence[tuple[str, ItemDifference]]) -> tuple[ComparedItem, ...]:
    uniform = holm([d.p_uniform for _, d in fitted])
    nonuniform = holm([d.p_nonuniform for _, d in fitted])
    return tuple(
        ComparedItem(
            item=name,
            difference=d,
            holm_uniform=p_uniform,
            holm_nonuniform=p_nonuniform,
            is_flagged=min(p_uniform, p_nonuniform) < 1 - LEVEL and d.r2_change >= R2_THAT_MATTERS,
        )
        for (name, d), p_uniform, p_nonuniform in zip(fitted, uniform, nonuniform, strict=True)
    )
