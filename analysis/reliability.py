"""Do the items of a scale hang together: alpha, omega, and what each item adds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.design import IntArray
from analysis.one_factor import OneFactor, fit_one_factor, omega_influence
from analysis.probability import LEVEL, normal_quantile
from analysis.refusals import NotEstimable, Refusal
from analysis.tally import dot

LOW_BELOW: Final = 0.70
REDUNDANT_ABOVE: Final = 0.95
FEWEST_ANSWERS: Final = 30
DRAWS: Final = 1_000
_DRAWS_NEEDED: Final = 0.95
_LEAST_EIGENVALUE: Final = 1e-8
_FACTOR_NEEDS: Final = 3
_BLOCK: Final = 4_000
_CELLS_AT_ONCE: Final = 500_000

Interval = tuple[float, float]


@dataclass(frozen=True, slots=True)
class ItemReliability:
    """One item beside the others: its mean, correlation with their sum, and alpha without it."""

    item: str
    mean: float
    rest_correlation: float
    cronbach_if_dropped: float | NotEstimable


@dataclass(frozen=True, slots=True)
class Omega:
    """McDonald's omega total, its bootstrap interval, and the one-factor fit behind it (k each)."""

    omega: float
    interval: Interval | NotEstimable
    loadings: tuple[float, ...]
    residuals: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reliability:
    """`n`: respondents who answered every item. `flags`: what a reader must be told, in words."""

    n: int
    cronbach: float
    interval: Interval
    standardised: float
    average_correlation: float
    items: tuple[ItemReliability, ...]
    omega: Omega | NotEstimable
    flags: tuple[str, ...]


def reliability(
    answers: FloatArray,
    names: Sequence[str],
    rng: np.random.Generator | None = None,
    draws: int = DRAWS,
    level: float = LEVEL,
) -> Reliability | NotEstimable:
    """How well do the items of a scale measure one thing together?

    Alpha = k/(k-1) (1 - sum of item variances / variance of the sum); its interval is Feldt's:
    1 - (1 - alpha) F_p, p = (1 + level)/2 and (1 - level)/2, on n-1 and (n-1)(k-1) df. Standardised
    alpha = k r / (1 + (k-1) r), r the average correlation. Omega total = (sum lambda)^2 /
    ((sum lambda)^2 + sum psi) from one factor by maximum likelihood; its interval from
    `omega_influence` on the scale of log(1 - omega), or with an rng the percentile bootstrap over
    `draws` samples of respondents (a second a scale at 5,000; the two agree to the third digit).

    answers: (n, k), NaN where not answered, reversed items already turned. names: k item ids.
    rng: seeded by the caller; the same seed gives the same interval. None: no bootstrap.
    Uses respondents who answered every item, unweighted. Alpha assumes items that carry the common
    thing equally (else it is a lower bound); Feldt's interval assumes normal answers.
    Refuses (`Refusal`): shapes that do not match, infinite answers. Refuses (`NotEstimable`): one
    item; fewer than 30 complete answers or two an item; an item that everyone answers alike. Omega
    alone: under three items, items that copy each other, a residual variance that runs to zero.
    Reference: Cronbach (1951), Psychometrika 16:297-334; Feldt, Woodruff & Salih (1987), Applied
    Psychological Measurement 11:93-103; McDonald (1999), Test Theory. Checked against: R
    `psych::alpha`, `lavaan::cfa` (O15).

    >>> rng = np.random.default_rng(1)
    >>> trust = rng.normal(size=(200, 1)) + rng.normal(size=(200, 4))
    >>> scale = reliability(trust, ["q1", "q2", "q3", "q4"], rng, draws=50)
    >>> round(scale.cronbach, 2)
    0.78
    """
    complete = _complete(answers, names)
    n, k = complete.shape
    refused = _refusal(complete, names)
    if refused:
        return refused
    covariance = np.cov(complete, rowvar=False)
    sd = np.sqrt(covariance.diagonal())
    average = float(((covariance / np.outer(sd, sd)).sum() - k) / (k * (k - 1)))
    cronbach = _cronbach(covariance)
    items = _items(complete, covariance, names)
    return Reliability(
        n=n,
        cronbach=cronbach,
        interval=_feldt(cronbach, n, k, level),
        standardised=k * average / (1 + (k - 1) * average),
        average_correlation=average,
        items=items,
        omega=_omega(complete, covariance * (n - 1) / n, names, level, (rng, draws)),
        flags=_flags(cronbach, items),
    )


def _complete(answers: FloatArray, names: Sequence[str]) -> FloatArray:
    if answers.ndim != 2 or answers.shape[1] != len(names):  # noqa: PLR2004 - a matrix
        raise Refusal(
            f"reliability: answers of shape {answers.shape} for {len(names)} items; give a row a "
            "respondent and a column an item"
        )
    infinite = np.argwhere(np.isinf(answers))
    if infinite.size:
        row, column = infinite[0]
        raise Refusal(
            f"reliability: item {names[column]!r}, row {row}: the answer is infinite; give a code, "
            "or NaN for none"
        )
    return answers[~np.isnan(answers).any(axis=1)]


def _refusal(complete: FloatArray, names: Sequence[str]) -> NotEstimable | None:
    n, k = complete.shape
    if k < 2:  # noqa: PLR2004 - one item agrees with itself
        return NotEstimable("a scale of one item has nothing to hang together with")
    needed = max(FEWEST_ANSWERS, 2 * k)
    if n < needed:
        return NotEstimable(f"{n} complete answers; reliability needs {needed}")
    constant = np.flatnonzero(np.ptp(complete, axis=0) == 0)
    if constant.size:
        return NotEstimable(f"everyone answers {names[constant[0]]!r} alike")
    return None


def _cronbach(covariance: FloatArray) -> float:
    k = len(covariance)
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def _feldt(cronbach: float, n: int, k: int, level: float) -> Interval:
    from scipy.special import fdtri  # noqa: PLC0415 - lazy: a report may have no scale

    df = (n - 1, (n - 1) * (k - 1))
    low, high = (1 - (1 - cronbach) * float(fdtri(*df, p)) for p in _tails(level)[::-1])
    return low, high


def _tails(level: float) -> tuple[float, float]:
    return (1 - level) / 2, (1 + level) / 2


def _items(
    complete: FloatArray, covariance: FloatArray, names: Sequence[str]
) -> tuple[ItemReliability, ...]:
    return tuple(
        ItemReliability(
            item=name,
            mean=float(complete[:, j].mean()),
            rest_correlation=_rest_correlation(covariance, j),
            cronbach_if_dropped=_cronbach_without(covariance, j),
        )
        for j, name in enumerate(names)
    )


def _rest_correlation(covariance: FloatArray, j: int) -> float:
    own, shared = covariance[j, j], covariance[j].sum() - covariance[j, j]
    rest = covariance.sum() - own - 2 * shared
    return float(shared / np.sqrt(own * rest))


def _cronbach_without(covariance: FloatArray, j: int) -> float | NotEstimable:
    if len(covariance) < 3:  # noqa: PLR2004 - what is left would be one item
        return NotEstimable("one item would be left")
    return _cronbach(np.delete(np.delete(covariance, j, axis=0), j, axis=1))


def _omega(
    complete: FloatArray,
    covariance: FloatArray,
    names: Sequence[str],
    level: float,
    bootstrap: tuple[np.random.Generator | None, int],
) -> Omega | NotEstimable:
    if len(names) < _FACTOR_NEEDS:
        return NotEstimable(f"one factor needs {_FACTOR_NEEDS} items")
    if not _is_regular(covariance[None])[0]:
        return NotEstimable("some items follow from the others exactly")
    fit = fit_one_factor(covariance[None])
    if fit.at_floor.any():
        item = names[int(fit.at_floor[0].argmax())]
        return NotEstimable(
            f"one factor does not fit: nothing of {item!r} is left over beside the factor"
        )
    rng, draws = bootstrap
    return Omega(
        omega=float(fit.omega()[0]),
        interval=_bootstrap_interval(complete, rng, draws, level)
        if rng
        else _linearised_interval(complete, covariance, fit, level),
        loadings=tuple(map(float, fit.loadings[0])),
        residuals=tuple(map(float, fit.residuals[0])),
    )


def _linearised_interval(
    complete: FloatArray, covariance: FloatArray, fit: OneFactor, level: float
) -> Interval | NotEstimable:
    """Normal on the scale of log(1 - omega): it never passes 1, and wants fewer answers."""
    influence = omega_influence(complete, covariance, fit)
    if isinstance(influence, NotEstimable):
        return influence
    omega = float(fit.omega()[0])
    se = float(np.sqrt(dot(influence, influence))) / (1 - omega)
    half = normal_quantile(_tails(level)[1]) * se
    return 1 - (1 - omega) * float(np.exp(half)), 1 - (1 - omega) * float(np.exp(-half))


def _bootstrap_interval(
    complete: FloatArray, rng: np.random.Generator, draws: int, level: float
) -> Interval | NotEstimable:
    covariances = _resampled_covariances(complete, rng, draws)
    fit = fit_one_factor(covariances[_is_regular(covariances)])
    drawn = fit.omega()[fit.settled]
    if len(drawn) < _DRAWS_NEEDED * draws:
        return NotEstimable("too few samples of these answers let one factor be fitted")
    low, high = np.quantile(drawn, _tails(level))
    return float(low), float(high)


def _resampled_covariances(
    complete: FloatArray, rng: np.random.Generator, draws: int
) -> FloatArray:
    """Covariances (draws, k, k) of samples of n respondents, drawn with replacement.

    Sums and products of the items are added up block by block of respondents, so that memory does
    not grow with n: first how many a draw takes from each block, then whom.
    """
    n, k = complete.shape
    upper = np.triu_indices(k)
    blocks = np.array_split(complete - complete.mean(axis=0), -(-n // _BLOCK))
    taken = rng.multinomial(n, [len(block) / n for block in blocks], size=draws)
    sums = np.zeros((draws, k + len(upper[0])))
    for b, block in enumerate(blocks):
        terms = np.hstack([block, block[:, upper[0]] * block[:, upper[1]]])
        at_once = max(1, _CELLS_AT_ONCE // len(block))
        for start in range(0, draws, at_once):
            part = slice(start, start + at_once)
            sums[part] += _times_drawn(len(block), taken[part, b], rng) @ terms
    means = sums[:, :k] / n
    covariances = np.empty((draws, k, k))
    covariances[:, upper[0], upper[1]] = covariances[:, upper[1], upper[0]] = sums[:, k:] / n
    return np.asarray(covariances - means[:, :, None] * means[:, None, :])


def _times_drawn(size: int, taken: IntArray, rng: np.random.Generator) -> FloatArray:
    """How often each of `size` respondents is drawn, (draws, size), `taken` in all per draw."""
    draw = np.repeat(np.arange(len(taken)), taken)
    who = rng.integers(size, size=len(draw), dtype=np.int32)
    times = np.bincount(draw * size + who, minlength=len(taken) * size)
    return np.asarray(times.reshape(-1, size), dtype=np.float64)


def _is_regular(covariances: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which covariance matrices have items that vary and do not follow from one another."""
    variance = np.diagonal(covariances, axis1=1, axis2=2)
    varies = variance > _LEAST_EIGENVALUE * variance.max(axis=1, keepdims=True)
    sd = np.sqrt(np.where(varies, variance, 1.0))
    correlations = covariances / (sd[:, :, None] * sd[:, None, :])
    return np.asarray(np.linalg.eigvalsh(correlations)[:, 0] > _LEAST_EIGENVALUE)


def _flags(cronbach: float, items: Sequence[ItemReliability]) -> tuple[str, ...]:
    flags = []
    if cronbach < LOW_BELOW:
        flags.append(
            f"alpha {cronbach:.2f} is under {LOW_BELOW:.2f}: the items may not measure one thing"
        )
    if cronbach > REDUNDANT_ABOVE:
        flags.append(
            f"alpha {cronbach:.2f} is above {REDUNDANT_ABOVE:.2f}: some items may ask the same "
            "twice"
        )
    flags += [
        f"{item.item!r} runs against the other items (r = {item.rest_correlation:.2f}): check "
        "whether it should be reversed"
        for item in items
        if item.rest_correlation < 0
    ]
    return tuple(flags)
