"""The smallest change that a number of answers can show; standard library only.

The web process holds no statistics, so this is the planner's usual case by itself: two waves of
different people, means, the usual power. `analysis.power` is the whole of it, and a test holds the
two equal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

USUAL_SPREAD: Final = 1.0  # standard deviation on an answer scale from 1 to 5
USUAL_DEFF: Final = 1.5  # unequal weights, Kish
USUAL_MATTERS: Final = 0.2
POWER: Final = 0.80
LEVEL: Final = 0.95
T_BELOW: Final = 100.0  # effective answers under which the t distribution takes over
FEWEST_REPORTED: Final = 30  # statistics.md §9: no estimate with fewer answers
HALF: Final = 0.5  # the widest spread that a share can have
_HALVINGS: Final = 60
_CURVE: Final = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)


@dataclass(frozen=True, slots=True)
class Answers:
    """Expected from the two waves of one place."""

    before: float
    after: float

    @property
    def fewest(self) -> float:
        return min(self.before, self.after)

    def scaled(self, factor: float) -> Answers:
        return Answers(self.before * factor, self.after * factor)


@dataclass(frozen=True, slots=True)
class Assumptions:
    spread: float = USUAL_SPREAD
    deff: float = USUAL_DEFF


def visible_change(places: Sequence[Answers], assumed: Assumptions) -> float | None:
    """The smallest true change that would probably be seen; None with too few answers.

    Two places: the difference between their changes, as with a comparison area.
    """
    if not places or any(place.fewest / assumed.deff < 2 for place in places):  # noqa: PLR2004 - df
        return None
    parts = [_variance(place, assumed) for place in places]
    fewest = min(place.fewest for place in places) / assumed.deff
    distance = _normal_distance() if fewest >= T_BELOW else _t_distance(_df(places, assumed, parts))
    return distance * math.sqrt(sum(parts))


def answers_for(places: Sequence[Answers], assumed: Assumptions, change: float) -> int | None:
    """How many answers in each wave of the first place would show this change, about."""
    now = visible_change(places, assumed)
    if now is None:
        return None
    low, high = 0.0, max(1.0, 4 * (now / change) ** 2)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        seen = visible_change([place.scaled(middle) for place in places], assumed)
        is_enough = seen is not None and seen <= change
        low, high = (low, middle) if is_enough else (middle, high)
    return math.ceil(places[0].fewest * high)


def curve(places: Sequence[Answers], assumed: Assumptions) -> Iterator[tuple[float, float]]:
    """Answers in the smaller wave of the first place, and the change they would show."""
    for factor in _CURVE:
        seen = visible_change([place.scaled(factor) for place in places], assumed)
        if seen is not None:
            yield places[0].fewest * factor, seen


def _variance(place: Answers, assumed: Assumptions) -> float:
    return assumed.deff * assumed.spread**2 * (1 / place.before + 1 / place.after)


def _df(places: Sequence[Answers], assumed: Assumptions, parts: Sequence[float]) -> float:
    """Welch's from effective answers; over two places by Satterthwaite again."""
    dfs = []
    for place in places:
        n1, n2 = place.before / assumed.deff, place.after / assumed.deff
        v1, v2 = 1 / n1, 1 / n2
        dfs.append((v1 + v2) ** 2 / (v1**2 / (n1 - 1) + v2**2 / (n2 - 1)))
    return sum(parts) ** 2 / sum(v**2 / df for v, df in zip(parts, dfs, strict=True))


def _normal_distance() -> float:
    normal = NormalDist()
    return normal.inv_cdf((1 + LEVEL) / 2) + normal.inv_cdf(POWER)


def _t_distance(df: float) -> float:
    """Quantiles of t from normal ones (Abramowitz & Stegun 1964, 26.7.5, two terms)."""
    normal = NormalDist()
    return sum(_t_quantile(normal.inv_cdf(p), df) for p in ((1 + LEVEL) / 2, POWER))


def _t_quantile(z: float, df: float) -> float:
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    return z + first / df + second / df**2
