"""The weighting that a plan asks for: population margins, bounds, and levels to join first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import numpy as np

from analysis.codebook import Category, Codebook, Variable
from analysis.dataset import Wave
from analysis.refusals import Refusal
from analysis.weighting.levels import LevelArray, levels_of, one_group_or_more
from analysis.weighting.margins import (
    UNITS,
    Amounts,
    Margin,
    MarginTable,
    labels_of,
    level_named,
    margins_of,
    read_amounts,
)
from analysis.weighting.trimming import HIGHEST, LOWEST
from analysis.weighting.wave_weights import WeightingRule

TWO_OR_MORE: Final = "two or more"
_KEYS: Final = ("margins", "unit", "trim", "join")
_CHOSEN: Final = 1


@dataclass(frozen=True, slots=True)
class PlannedWeighting:
    """`amounts` as the plan gives them; `low`, `high` in means of the weights; `join` by code."""

    amounts: Amounts
    low: float = LOWEST
    high: float = HIGHEST
    join: Mapping[str, tuple[tuple[int, ...], ...]] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """As `read_weighting` takes it, levels by their codes."""
        margins = self.amounts.by_variable.items()
        joined = self.join.items()
        return {
            "unit": self.amounts.unit,
            "margins": {v: {str(c): a for c, a in by.items()} for v, by in margins},
            "trim": {"low": self.low, "high": self.high} if math.isfinite(self.high) else None,
            "join": {v: [list(codes) for codes in groups] for v, groups in joined},
        }

    def margins(self, codebook: Codebook) -> tuple[Margin, ...]:
        return margins_of(self.amounts, weighting_variables(codebook))

    def rule(self, codebook: Codebook) -> WeightingRule:
        known = {v.id: v for v in weighting_variables(codebook)}
        neighbours = {
            name: [_labels(known[name], codes) for codes in groups]
            for name, groups in self.join.items()
        }
        return WeightingRule(self.low, self.high, neighbours)


def read_weighting(document: object, codebook: Codebook) -> PlannedWeighting | None:
    """What population are both waves brought to?

    Keys: `margins`, either a pasted table (`read_margins`) or {question: {level: amount}} in the
    `unit` share, percent (the default) or count, a level being an option's code or label; `trim`
    ({low: 0.3, high: 3.0}, in means of the weights, null for no bounds); `join` ({question:
    [[level, level]]}, levels to be joined first where one is too small). A pick-all question is
    named by its own id: one group, else `two or more`.

    Refuses (`Refusal`): unknown keys, questions, levels or units; margins that do not add up or
    whose totals disagree; bounds that do not enclose 1.
    """
    if document is None:
        return None
    if not isinstance(document, Mapping):
        raise Refusal("plan: weighting must map margins (and perhaps unit, trim, join) to values")
    for key in document:
        if key not in _KEYS:
            raise Refusal(f"plan: unknown key {key!r} in weighting; known keys: {', '.join(_KEYS)}")
    variables = weighting_variables(codebook)
    low, high = _bounds(document.get("trim", {}))
    amounts = read_amounts(_table(document), variables)
    return PlannedWeighting(
        amounts=amounts,
        low=low,
        high=high,
        join=_join(document.get("join", {}), amounts, variables),
    )


def weighting_variables(codebook: Codebook) -> tuple[Variable, ...]:
    """The questions one can weight by, with each pick-all question as one variable."""
    return (*codebook.variables, *(_pick_all(q, ticks) for q, ticks in _pick_alls(codebook)))


def tick_codes(question: str, codebook: Codebook) -> dict[str, int]:
    """The columns of a pick-all question with the code of each group; none for other questions."""
    ticks = dict(_pick_alls(codebook)).get(question, [])
    return {tick.id: _code(question, tick, i) for i, tick in enumerate(ticks, 1)}


def levels_in(wave: Wave, variable: str, codebook: Codebook) -> LevelArray:
    """Where each respondent of a wave stands on one margin."""
    if variable in wave.coded:
        return levels_of(wave.coded[variable])
    ticks = dict(_pick_alls(codebook))[variable]
    chosen = [wave.coded[tick.id].indicator([_CHOSEN]) == 1 for tick in ticks]
    return one_group_or_more(np.column_stack(chosen))


def _table(document: Mapping[str, object]) -> str | MarginTable:
    margins, unit = document.get("margins"), document.get("unit", "percent")
    if isinstance(margins, str):
        if "unit" in document:
            raise Refusal(
                "plan: weighting has both unit and a pasted table, whose heading names the unit; "
                "leave unit out"
            )
        return margins
    if unit not in UNITS:
        raise Refusal(f"plan: weighting: unit is {unit!r}; choose one of: {', '.join(UNITS)}")
    if not isinstance(margins, Mapping):
        raise Refusal(
            "plan: weighting: margins must map each question to its levels, such as "
            '{sex: {"1": 49, "2": 51}}, or hold a pasted table'
        )
    return MarginTable(unit, margins)


def _bounds(trim: object) -> tuple[float, float]:
    if trim is None:
        return 0.0, math.inf
    if not isinstance(trim, Mapping) or not set(trim) <= {"low", "high"}:
        raise Refusal("plan: weighting: trim must be {low: 0.3, high: 3.0}, or null for no bounds")
    low, high = trim.get("low", LOWEST), trim.get("high", HIGHEST)
    for name, bound in (("low", low), ("high", high)):
        if isinstance(bound, bool) or not isinstance(bound, int | float):
            raise Refusal(f"plan: weighting: trim {name} is {bound!r}; it must be a number")
    if not 0 < low < 1 < high < math.inf:
        raise Refusal(
            f"plan: weighting: trim runs from {low:g} to {high:g}; the bounds are means of the "
            "weights, so low lies above 0 and under 1, and high above 1"
        )
    return float(low), float(high)


def _join(
    given: object, amounts: Amounts, variables: Sequence[Variable]
) -> dict[str, tuple[tuple[int, ...], ...]]:
    if not isinstance(given, Mapping):
        raise Refusal("plan: weighting: join must map a question to groups of its levels")
    known = {v.id: v for v in variables}
    joined = {}
    for name, groups in given.items():
        if name not in amounts.by_variable:
            raise Refusal(f"plan: weighting: join names {name!r}, which has no margin")
        joined[name] = tuple(_joined_codes(known[name], groups))
    return joined


def _joined_codes(variable: Variable, groups: object) -> Iterator[tuple[int, ...]]:
    where = f"plan: weighting: join of {variable.id!r}"
    if not isinstance(groups, list | tuple):
        raise Refusal(f"{where}: give groups of levels, such as [[1, 2]]")
    for group in groups:
        if not isinstance(group, list | tuple) or len(group) < 2:  # noqa: PLR2004 - one is no group
            raise Refusal(f"{where}: {group!r} is no group; give two levels or more")
        codes = []
        for level in group:
            code = level_named(variable, level)
            if code is None:
                raise Refusal(
                    f"{where}: no level {level!r}; it has {', '.join(labels_of(variable))}"
                )
            codes.append(code)
        yield tuple(codes)


def _labels(variable: Variable, codes: Sequence[int]) -> tuple[str, ...]:
    named = dict(zip(variable.valid_codes, labels_of(variable), strict=True))
    return tuple(named[code] for code in codes)


def _pick_alls(codebook: Codebook) -> list[tuple[str, list[Variable]]]:
    """Questions that stand in several columns of ticks, each with its columns."""
    found = groupby(codebook.variables, lambda v: v.question)
    pairs = [(question, list(columns)) for question, columns in found]
    return [
        (q, ticks)
        for q, ticks in pairs
        if all(v.level == "binary" for v in ticks) and q not in {v.id for v in ticks}
    ]


def _pick_all(question: str, ticks: Sequence[Variable]) -> Variable:
    options = tuple(
        Category(_code(question, tick, position), _chosen_label(tick))
        for position, tick in enumerate(ticks, 1)
    )
    several = Category(max(o.code for o in options) + 1, {"en": TWO_OR_MORE})
    return Variable(
        question, question, "nominal", ticks[0].role, ticks[0].text, (*options, several)
    )


def _code(question: str, tick: Variable, position: int) -> int:
    """The option's own code stands at the end of its column's name."""
    code = tick.id.removeprefix(f"{question}_")
    return int(code) if code.isdecimal() else position


def _chosen_label(tick: Variable) -> Mapping[str, str]:
    return next((c.label for c in tick.categories if c.code == _CHOSEN), {})
