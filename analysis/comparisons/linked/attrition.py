"""Who answered again: how many can be recognised, and whether those who cannot trusted less."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.comparisons.linked.pairs import Pairs
from analysis.comparisons.means.welch import Sample, sample_of, welch
from analysis.comparisons.method import MethodComparison
from analysis.refusals import NotEstimable


@dataclass(frozen=True, slots=True)
class Attrition:
    """pairs: people with an answer in both waves; their share of each wave's answers.

    lost_less_retained: answers before of those who cannot be recognised after, less those of the
    others; its n are retained and lost.
    """

    pairs: int
    share_of_before: float
    share_of_after: float
    lost_less_retained: MethodComparison | NotEstimable


def attrition(pairs: Pairs) -> Attrition | NotEstimable:
    """Did the people who answered again stand where the lost ones stood, before?

    Welch's test of the before wave: answers without a partner less answers with one. A share of
    pairs counts answers, links that were missed included among the lost.
    Assumes answers that count alike; no answer here says why someone was lost.
    Refuses (`NotEstimable`): a wave without answers; the test alone with fewer than two answers on
    a side, or none that vary.
    Reference: Little & Rubin (2019), Statistical Analysis with Missing Data, chapter 1; Welch
    (1947), Biometrika 34:28-35. Checked against: R `t.test` by way of `welch` (O01), the Sao Paulo
    panel's counts.
    """
    n_before = len(pairs.before) + len(pairs.before_only)
    n_after = len(pairs.after) + len(pairs.after_only)
    if not n_before or not n_after:
        return NotEstimable("a wave has no answer")
    return Attrition(
        pairs=len(pairs.before),
        share_of_before=len(pairs.before) / n_before,
        share_of_after=len(pairs.before) / n_after,
        lost_less_retained=_lost_less_retained(pairs),
    )


def _lost_less_retained(pairs: Pairs) -> MethodComparison | NotEstimable:
    sides = {"retained": pairs.before, "lost": pairs.before_only}
    samples: list[Sample] = []
    for name, values in sides.items():
        sample = sample_of(values)
        if isinstance(sample, NotEstimable):
            return NotEstimable(f"{name}: {sample.reason}")
        samples.append(sample)
    return welch(samples[0], samples[1])
