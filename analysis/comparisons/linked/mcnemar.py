"""McNemar's test: of those who changed their answer, did more change to yes?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from analysis.comparisons.method import Answers, Method, MethodComparison, linked
from analysis.dataset import FloatArray
from analysis.estimates.share import wilson_interval
from analysis.probability import (
    EQUIVALENCE_LEVEL,
    LEVEL,
    chi_square_above,
    fair_coin_two_sided,
    normal_quantile,
)
from analysis.refusals import NotEstimable


@dataclass(frozen=True, slots=True)
class Switches:
    """How many people answered yes both times, yes then no, no then yes, no both times."""

    stayed_yes: int
    to_no: int
    to_yes: int
    stayed_no: int

    @property
    def n(self) -> int:
        return self.stayed_yes + self.to_no + self.to_yes + self.stayed_no


def mcnemar(before: FloatArray, after: FloatArray) -> MethodComparison | NotEstimable:
    """Did the share of yes change among the people who answered both times?

    b said yes then no, c no then yes. Exact p: b against a fair coin thrown b + c times; mid-p, the
    one told: exact p - P(X = min(b, c)), and 1 - P(X = b) where b = c. The difference of shares is
    (c - b)/n with Newcombe's paired interval; Bonett and Price's beside it.
    before, after: (n,) zeros and ones of the same people. Shares in 0..1.
    Assumes people drawn alone and alike. The test and the interval are two methods and may differ
    at the border of 5 %.
    Refuses (`NotEstimable`): no pairs; nobody changed the answer.
    Reference: McNemar (1947), Psychometrika 12:153-157; Fagerland, Lydersen & Laake (2013), BMC
    Medical Research Methodology 13:91; Newcombe (1998), Statistics in Medicine 17:2635-2650, method
    10; Bonett & Price (2012), Journal of Educational and Behavioral Statistics 37:479-488.
    Checked against: R `mcnemar.test`, `binom.test`, `prop.test` (O05), the Sao Paulo panel.
    """
    switches = switches_of(before, after)
    b, c = switches.to_no, switches.to_yes
    if b + c == 0:
        return NotEstimable("nobody who answered twice gave another answer")
    exact = fair_coin_two_sided(b, b + c)
    bonett_price = bonett_price_interval(switches)
    return MethodComparison(
        n=(switches.n, switches.n),
        p=mid_p(b, c),
        unit="outcome",
        estimate=(c - b) / switches.n,
        ci95=newcombe_paired_interval(switches),
        ci90=newcombe_paired_interval(switches, EQUIVALENCE_LEVEL),
        statistic=(c - b) / math.sqrt(b + c),
        figures={
            "p_exact": exact,
            "p_chi_square": chi_square_above((c - b) ** 2 / (b + c), 1),
            "bonett_price_low": bonett_price[0],
            "bonett_price_high": bonett_price[1],
        },
        counts={"to_no": b, "to_yes": c},
    )


def switches_of(before: FloatArray, after: FloatArray) -> Switches:
    """Zeros and ones of the same people, counted by what each said both times."""
    yes_before, yes_after = before == 1, after == 1
    return Switches(
        stayed_yes=int((yes_before & yes_after).sum()),
        to_no=int((yes_before & ~yes_after).sum()),
        to_yes=int((~yes_before & yes_after).sum()),
        stayed_no=int((~yes_before & ~yes_after).sum()),
    )


def mid_p(b: int, c: int) -> float:
    """McNemar's exact p less the chance of just what was seen, counted once (`mcnemar`)."""
    least, tosses = min(b, c), b + c
    log_chance = math.lgamma(tosses + 1) - math.lgamma(least + 1) - math.lgamma(tosses - least + 1)
    seen = math.exp(log_chance - tosses * math.log(2))
    return 1 - seen if b == c else fair_coin_two_sided(b, tosses) - seen


def bonett_price_interval(switches: Switches, level: float = LEVEL) -> tuple[float, float]:
    """(c' - b') -+ z sqrt((b' + c' - (c' - b')^2)/(n + 2)), b' = (b + 1)/(n + 2), c' alike."""
    n = switches.n + 2
    down, up = (switches.to_no + 1) / n, (switches.to_yes + 1) / n
    half = normal_quantile((1 + level) / 2) * math.sqrt((down + up - (up - down) ** 2) / n)
    return up - down - half, up - down + half


def newcombe_paired_interval(switches: Switches, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's intervals of both shares joined, less what the pairs have in common (`mcnemar`)."""
    n = switches.n
    before = (switches.stayed_yes + switches.to_no) / n
    after = (switches.stayed_yes + switches.to_yes) / n
    low1, high1 = wilson_interval(before, n, level)
    low2, high2 = wilson_interval(after, n, level)
    phi, gap = _corrected_phi(switches), after - before
    down = _joined(after - low2, high1 - before, phi)
    up = _joined(high2 - after, before - low1, phi)
    return max(-1.0, gap - down), min(1.0, gap + up)


def _joined(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(one**2 - 2 * phi * one * other + other**2, 0.0))


def _corrected_phi(s: Switches) -> float:
    """The correlation of the pairs, drawn towards 0 by half an answer where it is positive."""
    a, b, c, d = s.stayed_yes, s.to_no, s.to_yes, s.stayed_no
    size = math.sqrt(float(a + b) * (c + d) * (a + c) * (b + d))
    cross = a * d - b * c
    if size == 0 or 0 <= cross <= s.n / 2:
        return 0.0
    return (cross - s.n / 2 if cross > 0 else cross) / size


def _compare(answers: Answers) -> MethodComparison | NotEstimable:
    return mcnemar(answers.pairs.before, answers.pairs.after)


METHOD: Final = Method(
    name="mcnemar",
    question="Among people who answered both times, did more change to this answer than away?",
    reference="Fagerland, Lydersen & Laake (2013), BMC Medical Research Methodology 13:91",
    beside=("share",),
    applies=linked,
    compare=_compare,
    needs_links=True,
)
