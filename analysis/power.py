"""The planner: which change a fieldwork plan could show, and how many answers a change needs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from analysis.fieldwork import (
    FieldworkPlan,
    Share,
    check_number,
    df_of_change,
    variance_of_change,
)
from analysis.probability import LEVEL, noncentrality, normal_quantile, t_quantile
from analysis.refusals import NotEstimable, Refusal

FEWEST_EFFECTIVE_ANSWERS: Final = 3.0
_HALVINGS: Final = 60
_MOST_ANSWERS: Final = 1e12
_ROUNDING: Final = 1e-9


@dataclass(frozen=True, slots=True)
class DetectableChange:
    """`change` in points or as a proportion; `df` is None where the normal distribution serves."""

    change: float
    df: float | None


@dataclass(frozen=True, slots=True)
class AnswersNeeded:
    """For each wave of the initiative area, then of the comparison area; `exact` is not rounded."""

    exact: tuple[float, ...]

    @property
    def waves(self) -> tuple[int, ...]:
        return tuple(math.ceil(n - _ROUNDING) for n in self.exact)

    @property
    def total(self) -> int:
        return sum(self.waves)


@dataclass(frozen=True, slots=True)
class Adequacy:
    """Whether a plan could show the smallest change that matters, and why in plain words."""

    is_adequate: bool
    reason: str


def t_test_power(
    change: float, se: float, df: float, level: float = LEVEL, *, both_tails: bool = False
) -> float:
    """How often would a two-sided t test show a true change of this size?

    P(T > t_{(1 + level)/2, df}) with T noncentral t, noncentrality change / se. `both_tails` also
    counts results that point the wrong way, as `strict=TRUE` does in R.
    change and se in one unit, se > 0, df > 0.
    Assumes normal estimates. For planning only: power worked out from a finished study says nothing
    that its interval does not say.
    Refuses (`Refusal`): values that are not finite, se or df not above 0.
    Reference: Cohen (1988), Statistical Power Analysis. Checked against: R `power.t.test`,
    `pwr::pwr.t2n.test` (O18).

    >>> round(t_test_power(0.3, math.sqrt(2 / 150), df=298), 6)
    0.735565
    """
    check_number("change", change)
    check_number("se", se, above=0)
    check_number("df", df, above=0)
    from scipy.special import nctdtr  # noqa: PLC0415 - lazy: most plans need no noncentral t

    critical = t_quantile((1 + level) / 2, df)
    distance = abs(change) / se
    wrong_way = float(nctdtr(df, distance, -critical)) if both_tails else 0.0
    return 1 - float(nctdtr(df, distance, critical)) + wrong_way


def smallest_detectable_change(plan: FieldworkPlan) -> DetectableChange | NotEstimable:
    """Which is the smallest true change that this plan would probably show?

    Means: (z_{(1+level)/2} + z_power) sqrt(V),  V = sum over areas of
    deff (A1 s1^2/n1 + A2 s2^2/n2 - 2 rho s1 s2 (nc / (n1 n2) - 1/N)),  A = 1 - n/N with a
    population, else 1, and then 1/N is 0;  nc = min(link_rate n1, n2) people answer both waves.
    Without links the last part is 0. A comparison area adds its own V.
    Shares: z_{(1+level)/2} sqrt(V0) + z_power sqrt(V1), V0 at the mean of both shares, V1 at each.
    Under `t_below` effective answers in a wave, t and noncentral t take the place of z, with
    Welch's df from n/deff (with links: Derrick's df, which runs from Welch's to pairs - 1).

    Only changes seen in their true direction count. Assumes a large-sample normal estimate and the
    planning values given.
    Refuses (`NotEstimable`): under 3 effective answers in a wave; links where the population is not
    the same before and after; everyone asked (no sampling error); a share that cannot change so
    much.
    Reference: Cohen (1988); Derrick, Russ, Toher & White (2017), JMASM 16(1):137-157; Tam (1984),
    American Statistician 38:288-289; Fleiss, Levin & Paik (2003), section 4.3, for shares.
    Checked against: R `power.t.test`, `power.prop.test` and the formulas by hand (O18); two draws
    from one population, simulated.

    >>> from analysis.fieldwork import PlannedWave, ScaleScore
    >>> plan = FieldworkPlan(ScaleScore(), PlannedWave(400), PlannedWave(400))
    >>> round(smallest_detectable_change(plan).change, 3)
    0.243
    """
    refused = _refuse_plan(plan)
    if refused:
        return NotEstimable(refused)
    if isinstance(plan.outcome, Share):
        return _change_of_share(plan, plan.outcome)
    spread = (plan.outcome.sd_before, plan.outcome.sd_after)
    df = _df(plan, spread)
    _, distance = _distances(plan.power, df)
    return DetectableChange(distance * math.sqrt(variance_of_change(plan, spread, spread)), df)


def answers_needed(plan: FieldworkPlan, change: float) -> AnswersNeeded | NotEstimable:
    """How many answers would probably show a change of this size?

    The smallest multiple of the plan's answers, all waves growing alike, whose
    `smallest_detectable_change` is at most `change` (points, or a proportion for shares).

    Refuses (`Refusal`): a change not above 0, or larger than the share can move.
    Refuses (`NotEstimable`): more answers needed than there are people, or no number suffices.
    Reference and checks: as `smallest_detectable_change`.

    >>> from analysis.fieldwork import PlannedWave, ScaleScore
    >>> plan = FieldworkPlan(ScaleScore(), PlannedWave(1), PlannedWave(1), kish_deff=1)
    >>> answers_needed(plan, 0.2).waves
    (393, 393)
    """
    check_number("change", change, above=0)
    if isinstance(plan.outcome, Share) and change > plan.outcome.room:
        raise Refusal(
            f"planner: a share of {100 * plan.outcome.before:g} % cannot {plan.outcome.direction} "
            f"by {100 * change:g} percentage points; ask for a smaller change"
        )

    def suffices(factor: float) -> bool:
        found = smallest_detectable_change(plan.scaled(factor))
        return isinstance(found, DetectableChange) and found.change <= change

    most = min((w.population or _MOST_ANSWERS) / w.answers for w in plan.waves) * (1 - _ROUNDING)
    fewest = FEWEST_EFFECTIVE_ANSWERS / plan.fewest_effective
    if fewest > most or not suffices(most):
        return NotEstimable("even all the people there are would not show so small a change")
    low = high = fewest
    while not suffices(high):
        low, high = high, min(2 * high, most)
    factor = _first_where(suffices, low, high)
    return AnswersNeeded(tuple(wave.answers * factor for wave in plan.waves))


def judge_plan(plan: FieldworkPlan, matters: float) -> Adequacy | NotEstimable:
    """Could this plan show the smallest change that matters?

    Adequate when `smallest_detectable_change` <= matters (points, or a proportion for shares).
    Refuses as `smallest_detectable_change` and `answers_needed` do.

    >>> from analysis.fieldwork import PlannedWave, ScaleScore
    >>> plan = FieldworkPlan(ScaleScore(), PlannedWave(300), PlannedWave(300))
    >>> judge_plan(plan, 0.2).is_adequate
    False
    """
    needed = answers_needed(plan, matters)
    found = smallest_detectable_change(plan)
    if isinstance(found, NotEstimable):
        return found
    counts = " + ".join(f"{wave.answers:g}" for wave in plan.waves)
    seen = (
        f"{counts} answers would show a change of {spoken_change(plan, found.change)} or more "
        f"with a chance of {100 * plan.power:g} %"
    )
    wanted = spoken_change(plan, matters)
    if found.change <= matters:
        return Adequacy(is_adequate=True, reason=f"{seen}; {wanted} matters: enough")
    more = (
        f"it takes {' + '.join(map(str, needed.waves))}"
        if isinstance(needed, AnswersNeeded)
        else needed.reason
    )
    return Adequacy(is_adequate=False, reason=f"{seen}; {wanted} matters: not enough, {more}")


def _refuse_plan(plan: FieldworkPlan) -> str | None:
    if plan.fewest_effective < FEWEST_EFFECTIVE_ANSWERS * (1 - _ROUNDING):
        return f"a wave has under {FEWEST_EFFECTIVE_ANSWERS:g} effective answers; expect more"
    if plan.link_rate and any(a.population != b.population for a, b in plan.areas):
        return "linked people need one population: give the same size before and after, or none"
    if not any(wave.unseen for wave in plan.waves):
        return "everyone answers in every wave: there is no sampling error to plan for"
    return None


def _change_of_share(plan: FieldworkPlan, share: Share) -> DetectableChange | NotEstimable:
    df = _df(plan, (1.0, 1.0))
    critical, distance = _distances(plan.power, df)

    def is_seen(change: float) -> bool:
        still, moved = _share_variances(plan, share, change)
        return critical * math.sqrt(still) + (distance - critical) * math.sqrt(moved) <= change

    if not is_seen(share.room):
        return NotEstimable(
            f"no {share.direction} from {100 * share.before:g} % could be seen with so few answers"
        )
    return DetectableChange(_first_where(is_seen, 0.0, share.room), df)


def _share_variances(plan: FieldworkPlan, share: Share, change: float) -> tuple[float, float]:
    """Of the difference found when there is no change, and when there is this one."""
    after = share.after(change)
    n1, n2 = plan.before.answers, plan.after.answers
    pooled = (n1 * share.before + n2 * after) / (n1 + n2)
    sd_before, sd_after, sd_both = (_sd_of_share(p) for p in (share.before, after, pooled))
    elsewhere = (sd_before, sd_before)
    return (
        variance_of_change(plan, (sd_both, sd_both), elsewhere),
        variance_of_change(plan, (sd_before, sd_after), elsewhere),
    )


def _sd_of_share(p: float) -> float:
    return math.sqrt(max(p * (1 - p), 0.0))  # 1 - p can fall a rounding error below 0


def _df(plan: FieldworkPlan, spread: tuple[float, float]) -> float | None:
    return None if plan.fewest_effective >= plan.t_below else df_of_change(plan, spread)


def _distances(power: float, df: float | None) -> tuple[float, float]:
    """How many standard errors reach the critical value, and how many give the power asked for."""
    tail = (1 + LEVEL) / 2
    if df is None:
        critical = normal_quantile(tail)
        return critical, critical + normal_quantile(power)
    critical = t_quantile(tail, df)
    return critical, noncentrality(1 - power, df, critical)


def _first_where(holds: Callable[[float], bool], low: float, high: float) -> float:
    """The smallest number between a `low` where it does not hold and a `high` where it does."""
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def spoken_change(plan: FieldworkPlan, change: float) -> str:
    """In the outcome's own unit."""
    if isinstance(plan.outcome, Share):
        return f"{100 * change:.1f} percentage points"
    return f"{change:.2f} points"
