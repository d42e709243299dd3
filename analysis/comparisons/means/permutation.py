"""A permutation test: what if the waves had been dealt out by chance?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.comparisons.method import YES, Answers, Fit, Method, MethodComparison
from analysis.dataset import FloatArray
from analysis.design import IntArray
from analysis.refusals import NotEstimable
from analysis.tally import summed

SHUFFLES: Final = 4_999
ENOUGH_ANSWERS: Final = 30
_TIE: Final = 1e-9
_ROUNDING: Final = 1e-13
_CELLS_AT_ONCE: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Dealt:
    """PSUs as cards: (P,) wave 0 or 1, stratum from 0, and per PSU the sums of w and of w y."""

    wave: IntArray
    stratum: IntArray
    weight: FloatArray
    outcome: FloatArray


def permutation(
    cards: Dealt, rng: np.random.Generator, shuffles: int = SHUFFLES
) -> tuple[float, float] | NotEstimable:
    """How often would a difference this large come up if the waves were dealt out by chance?

    The wave of whole PSUs is shuffled inside strata. t = (m2 - m1)/sqrt(v1 + v2), m the weighted
    mean, v = sum_h n_h/(n_h - 1) sum_c (u_c - ubar_h)^2 with u_c = (sum of w y - m sum of w)/W:
    dividing by the spread keeps the level when spreads differ.
    p = (1 + shuffles with |t| at least as large) / (1 + shuffles). Returns t and p.
    rng: seeded by the caller; one seed gives one p.
    Assumes that a PSU could have been drawn in either wave where nothing changed.
    Refuses (`NotEstimable`): a wave without PSUs; no spread; nothing to shuffle (no stratum has
    PSUs of both waves).
    Reference: Janssen (1997), Statistics & Probability Letters 36:9-21; Phipson & Smyth (2010),
    Statistical Applications in Genetics and Molecular Biology 9:39, for the p. Checked against:
    scipy `stats.permutation_test` of Welch's t, and counting all deals of small samples.
    """
    if min(np.count_nonzero(cards.wave == w) for w in (0, 1)) == 0:
        return NotEstimable("a wave has no answer")
    cards = _in_order(_centred(cards))
    hands = [_hand(cards, np.flatnonzero(cards.wave == w)[None, :]) for w in (0, 1)]
    seen, is_flat = _statistics(cards, *hands)
    if is_flat[0]:
        return NotEstimable("every answer (or every PSU) is the same")
    if not _can_be_shuffled(cards):
        return NotEstimable("no stratum has PSUs of both waves: there is nothing to shuffle")
    least, larger = abs(seen[0]) - _TIE * max(1.0, abs(seen[0])), 0
    pack = _hand(cards, np.arange(len(cards.wave))[None, :])
    for dealt in _deals(cards, rng, shuffles):
        hand = _hand(cards, dealt)
        t, _ = _statistics(cards, hand, pack - hand)
        larger += int((np.abs(t) >= least).sum())
    return float(seen[0]), (1 + larger) / (1 + shuffles)


def _centred(cards: Dealt) -> Dealt:
    """Answers as distances from the mean of all, so that squares keep their digits."""
    mean = cards.outcome.sum() / cards.weight.sum()
    return replace(cards, outcome=cards.outcome - mean * cards.weight)


def _in_order(cards: Dealt) -> Dealt:
    """Strata and cards in an order of their own, so that neither rows nor names change the deal."""
    strata = int(cards.stratum.max()) + 1
    content = [np.bincount(cards.stratum, minlength=strata).astype(np.float64)]
    content += [summed(cards.stratum, part, strata) for part in (cards.weight, cards.outcome)]
    place = np.argsort(np.lexsort(content))[cards.stratum]
    order = np.lexsort([cards.outcome, cards.weight, place])
    return Dealt(
        wave=cards.wave[order],
        stratum=place[order],
        weight=cards.weight[order],
        outcome=cards.outcome[order],
    )


def _can_be_shuffled(cards: Dealt) -> bool:
    strata = range(int(cards.stratum.max()) + 1)
    return any(len(np.unique(cards.wave[cards.stratum == h])) > 1 for h in strata)


def _deals(cards: Dealt, rng: np.random.Generator, shuffles: int) -> Iterator[IntArray]:
    """Blocks of shuffles, (block, d): the PSUs dealt to the smaller wave; the others get the rest.

    Floyd's draw without replacement: as many random numbers as cards dealt, however many lie there.
    """
    strata = int(cards.stratum.max()) + 1
    held = [np.bincount(cards.stratum[cards.wave == w], minlength=strata) for w in (0, 1)]
    dealt = min(held, key=lambda counts: (int(counts.sum()), counts.tolist()))
    inside = [np.flatnonzero(cards.stratum == h) for h in range(strata)]
    block = max(1, _CELLS_AT_ONCE // len(cards.wave))
    for start in range(0, shuffles, block):
        size = min(block, shuffles - start)
        hands = [own[_draw(len(own), d, size, rng)] for own, d in zip(inside, dealt, strict=True)]
        yield np.hstack(hands)


def _draw(among: int, number: int, size: int, rng: np.random.Generator) -> IntArray:
    """(size, number): so many different whole numbers under `among`, each set as likely."""
    taken = np.zeros((size, among), dtype=np.bool_)
    drawn = np.zeros((size, number), dtype=np.int64)
    each = np.arange(size)
    for i, last in enumerate(range(among - number, among)):
        pick = rng.integers(last + 1, size=size)
        drawn[:, i] = np.where(taken[each, pick], last, pick)
        taken[each, drawn[:, i]] = True
    return drawn


def _hand(cards: Dealt, dealt: IntArray) -> FloatArray:
    """Of each deal (block, d) the number of PSUs and sums of w, y, y^2, w y, w^2 in each stratum.

    (6, strata, block)
    """
    w, y = cards.weight, cards.outcome
    strata = int(cards.stratum.max()) + 1
    cell = cards.stratum[dealt] + strata * np.arange(len(dealt))[:, None]
    sums = [
        summed(cell.ravel(), part[dealt].ravel(), strata * len(dealt)).reshape(-1, strata).T
        for part in (np.ones(len(w)), w, y, y * y, w * y, w * w)
    ]
    return np.array(sums)


def _statistics(
    cards: Dealt, one: FloatArray, other: FloatArray
) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Each deal's t, and where nothing spreads: there t is 0, or infinite if the means differ."""
    (m1, v1), (m2, v2) = _wave(one), _wave(other)
    rise, v = m2 - m1, v1 + v2
    tiny = _ROUNDING * float(np.abs(cards.outcome).sum() / cards.weight.sum())
    flat = v <= tiny**2
    t = rise / np.sqrt(np.where(flat, 1.0, v))
    return np.where(flat, np.where(np.abs(rise) > tiny, np.inf, 0.0), t), flat


def _wave(hand: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Mean and its variance."""
    n, w, y, yy, wy, ww = hand
    total = w.sum(axis=0)
    mean = y.sum(axis=0) / total
    u = (y - mean * w) / total
    u2 = (yy - 2 * mean * wy + mean**2 * ww) / total**2
    spread = np.maximum(u2 - u**2 / np.maximum(n, 1), 0.0)
    v = np.where(n > 1, n / np.maximum(n - 1, 1) * spread, 0.0).sum(axis=0)
    return mean, v


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    rows = np.concatenate(answers.rows)
    n = len(answers.rows[0]), len(answers.rows[1])
    psus, card = np.unique(answers.design.psu[rows], return_inverse=True)
    wave, stratum = np.zeros(len(psus), dtype=np.int64), np.zeros(len(psus), dtype=np.int64)
    wave[card] = np.repeat([0, 1], n)
    if answers.stratum is not None:
        stratum[card] = np.unique(answers.stratum[rows], return_inverse=True)[1]
    weight = answers.design.weight[rows]
    card = card.astype(np.int64)
    cards = Dealt(
        wave=wave,
        stratum=stratum,
        weight=summed(card, weight, len(psus)),
        outcome=summed(card, weight * answers.values[rows], len(psus)),
    )
    found = permutation(cards, np.random.default_rng(answers.seed))
    if isinstance(found, NotEstimable):
        return found
    return MethodComparison(n=n, p=found[1], statistic=found[0])


def _few_and_apart(answers: Answers) -> Fit:
    if answers.design.waves_share_psus:
        return NotEstimable(
            "some people or PSUs are in both waves: their waves cannot be dealt out"
        )
    if min(map(len, answers.rows)) >= ENOUGH_ANSWERS:
        return NotEstimable(
            f"each wave has {ENOUGH_ANSWERS} answers or more: the t test needs no shuffling"
        )
    return YES


METHOD: Final = Method(
    name="permutation",
    question="How often would a difference this large come up if the waves were dealt by chance?",
    reference="Janssen (1997), Statistics & Probability Letters 36:9-21",
    beside=("scale", "numeric"),
    applies=_few_and_apart,
    compare=_compare,
)
