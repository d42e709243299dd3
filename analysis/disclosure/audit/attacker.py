"""The attacker of rule R5: the least and the most that each hidden count can be."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from analysis.disclosure.audit.knowledge import Knowledge, Name
from analysis.refusals import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHOLE_NUMBER: Final = 1e-6

Interval = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Attack:
    """What is known, and the counts that must not be found out from it."""

    known: Knowledge
    hidden: Sequence[Name]


def narrow(attacks: Sequence[Attack], enough: float = math.inf) -> list[dict[Name, Interval]]:
    """Between which whole numbers does each hidden count lie, after all that is known?

    Minimises and maximises every hidden count under the attack's facts (linear programmes, HiGHS).
    Attacks share no count, so one programme carries one hidden count of each. Every solution also
    bears witness for the other counts: an end is not sought for a count already seen at 0, or at
    `enough` (no less than every hidden count truly is); it may be wider than told, never narrower.
    Relaxing counts to real numbers gives intervals that contain the true ones.
    Refuses (`Refusal`) knowledge that contradicts itself.
    Reference: Fischetti and Salazar (2001), Management Science 47:1008-1027 (auditing by linear
    programming); Huangfu and Hall (2018), Mathematical Programming Computation 10:119-142 (HiGHS).
    Checked against: tables worked by hand in `tests/unit/analysis/test_audit.py`.

    >>> from analysis.disclosure.audit.knowledge import Knowledge
    >>> known = Knowledge()
    >>> known.count(("all",), 300, 300)
    >>> known.count(("shown",), 295, 295)
    >>> known.count(("hidden",))
    >>> known.whole(("all",), [("shown",), ("hidden",)])
    >>> narrow([Attack(known, [("hidden",)])])
    [{('hidden',): (5, 5)}]
    """
    if not any(attack.hidden for attack in attacks):
        return [{} for _ in attacks]
    programme = _Programme(attacks)
    for sign, limit in ((1.0, 0.0), (-1.0, enough)):
        _seek(programme, attacks, sign, limit)
    return [
        {name: programme.seen(i, name) for name in attack.hidden}
        for i, attack in enumerate(attacks)
    ]


def _seek(programme: _Programme, attacks: Sequence[Attack], sign: float, limit: float) -> None:
    """All at once, while that takes some counts as far as is asked; then one of each attack."""
    pending = [(i, name) for i, attack in enumerate(attacks) for name in attack.hidden]
    while pending:
        programme.solve(pending, sign, limit)
        left = [one for one in pending if not programme.is_as_far(one, sign, limit)]
        if len(left) == len(pending):
            alone = {i: (i, name) for i, name in left}
            programme.solve(list(alone.values()), sign, limit)
            left = [one for one in left if one not in alone.values()]
        pending = left


class _Programme:
    """All attacks as one linear programme of independent blocks."""

    def __init__(self, attacks: Sequence[Attack]) -> None:
        self._place: dict[tuple[int, Name], int] = {}
        for i, attack in enumerate(attacks):
            for name in attack.known.low:
                self._place[i, name] = len(self._place)
        self._bounds = [
            (attack.known.low[name], _finite(attack.known.high[name]))
            for attack in attacks
            for name in attack.known.low
        ]
        self._equal = _Rows(self._place)
        self._at_most = _Rows(self._place)
        for i, attack in enumerate(attacks):
            for fact in attack.known.facts:
                if fact.low == fact.high:
                    self._equal.add(i, fact.terms, fact.high)
                    continue
                self._at_most.add(i, fact.terms, fact.high)
                self._at_most.add(i, fact.terms, -fact.low, sign=-1.0)
        self._rows = {
            "A_ub": self._at_most.matrix(),
            "b_ub": self._at_most.right or None,
            "A_eq": self._equal.matrix(),
            "b_eq": self._equal.right or None,
        }

        self._least = np.full(len(self._place), math.inf)
        self._most = np.full(len(self._place), -math.inf)

    def solve(self, wanted: Sequence[tuple[int, Name]], sign: float, limit: float) -> None:
        """Take the wanted counts down (sign 1) or up (-1) together, and none further than asked."""
        from scipy.optimize import linprog  # noqa: PLC0415 - slow to import, needed only here

        cost: NDArray[np.float64] = np.zeros(len(self._place))
        places = [self._place[one] for one in wanted]
        cost[places] = sign
        bounds = list(self._bounds)
        for place in places if sign < 0 and math.isfinite(limit) else ():
            low, high = bounds[place]
            bounds[place] = low, limit if high is None else min(high, limit)
        solved: Any = linprog(cost, **self._rows, bounds=bounds, method="highs-ds")
        if solved.status != 0:
            raise Refusal(f"the audit of a release has no answer: {solved.message}")
        self._least = np.minimum(self._least, solved.x)
        self._most = np.maximum(self._most, solved.x)

    def is_as_far(self, one: tuple[int, Name], sign: float, limit: float) -> bool:
        place = self._place[one]
        if sign > 0:
            return bool(self._least[place] <= limit + _WHOLE_NUMBER)
        return bool(self._most[place] >= limit - _WHOLE_NUMBER)

    def seen(self, attack: int, name: Name) -> Interval:
        place = self._place[attack, name]
        least, most = float(self._least[place]), float(self._most[place])
        return math.ceil(least - _WHOLE_NUMBER), math.floor(most + _WHOLE_NUMBER)


class _Rows:
    def __init__(self, place: Mapping[tuple[int, Name], int]) -> None:
        self._at = place
        self._entries: list[tuple[float, int, int]] = []
        self.right: list[float] = []

    def add(self, attack: int, terms: Mapping[Name, float], right: float, sign: float = 1) -> None:
        if not math.isfinite(right):
            return
        row = len(self.right)
        self._entries += [(sign * f, row, self._at[attack, name]) for name, f in terms.items()]
        self.right.append(right)

    def matrix(self) -> Any:
        from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import, needed only here

        if not self.right:
            return None
        factors, rows, columns = zip(*self._entries, strict=True)
        return csr_array((factors, (rows, columns)), shape=(len(self.right), len(self._at)))


def _finite(high: float) -> float | None:
    return high if math.isfinite(high) else None
