"""Everything that can be compared: each scale and each item, as a mean or as a share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from analysis.codebook import Codebook, Scale, Text, Variable
from analysis.dataset import FloatArray, Wave
from analysis.scales import scale_scores

Measure = Literal["mean", "share"]
_CODES_FOR_TWO_BOXES: Final = 4


@dataclass(frozen=True, slots=True)
class ShareOf:
    """The share of an item's answers that chose one of these codes."""

    variable: str
    codes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """low, high: the ends of the answer scale, None where there is none (numbers)."""

    id: str
    measure: Measure
    title: Text
    low: float | None
    high: float | None
    higher_is_favourable: bool | None
    share_of: ShareOf | None = None


def outcomes_of(codebook: Codebook) -> tuple[Outcome, ...]:
    """Which comparisons does a codebook call for?

    A scale: its mean, and the share of its top-box item. An ordinal item: mean and favourable share
    (its top box where no code is declared favourable: the two highest of four or more codes, else
    the highest). A binary item: one share. A nominal item: a share a category. A number: its mean.
    Background and paradata are not outcomes. Scales stand first, in the codebook's order.
    """
    found: list[Outcome] = []
    for scale in codebook.scales:
        found.extend(_of_scale(scale, codebook))
    for variable in codebook.variables:
        if variable.role == "item" and (variable.valid_codes or variable.level == "numeric"):
            found.extend(_of_item(variable))
    return tuple(found)


def outcome_values(outcome: Outcome, before: Wave, after: Wave, codebook: Codebook) -> FloatArray:
    """One number a respondent, the before wave first; NaN where the outcome is missing."""
    return np.concatenate([values_in(wave, outcome, codebook) for wave in (before, after)])


def values_in(wave: Wave, outcome: Outcome, codebook: Codebook) -> FloatArray:
    """One wave's part of `outcome_values`."""
    if outcome.share_of is not None:
        return wave.coded[outcome.share_of.variable].indicator(outcome.share_of.codes)
    for scale in codebook.scales:
        if scale.id == outcome.id:
            return scale_scores(wave, scale, codebook)
    if outcome.id in wave.numeric:
        return wave.numeric[outcome.id].values
    return wave.coded[outcome.id].scores()


def _of_scale(scale: Scale, codebook: Codebook) -> Iterable[Outcome]:
    direction = _scale_direction(scale, codebook)
    yield Outcome(scale.id, "mean", scale.title, scale.low, scale.high, direction)
    if scale.top_box:
        item = codebook.variable(scale.top_box.item)
        yield _share(scale.id, scale.title, item, scale.top_box.codes)


def _of_item(variable: Variable) -> Iterable[Outcome]:
    codes = variable.valid_codes
    if variable.level == "numeric":
        yield Outcome(variable.id, "mean", variable.text, None, None, None)
    elif variable.level == "nominal":
        for code in codes:
            yield _share(variable.id, variable.text, variable, (code,))
    elif variable.level == "binary":
        yield _share(variable.id, variable.text, variable, variable.favourable or (_yes(codes),))
    else:
        low, high = float(min(codes)), float(max(codes))
        direction = variable.higher_is_favourable
        yield Outcome(variable.id, "mean", variable.text, low, high, direction)
        yield _share(variable.id, variable.text, variable, variable.favourable or _top_box(codes))


def _share(outcome_id: str, title: Text, item: Variable, codes: Sequence[int]) -> Outcome:
    favourable = set(item.favourable)
    direction = None
    if favourable:
        direction = True if favourable.issuperset(codes) else None
        direction = False if favourable.isdisjoint(codes) else direction
    chosen = tuple(sorted(codes))
    return Outcome(outcome_id, "share", title, 0.0, 1.0, direction, ShareOf(item.id, chosen))


def _yes(codes: Sequence[int]) -> int:
    """Yes is 1, both where no is 0 and where no is 2."""
    return 1 if 1 in codes else codes[0]


def _top_box(codes: Sequence[int]) -> tuple[int, ...]:
    boxes = 2 if len(codes) >= _CODES_FOR_TWO_BOXES else 1
    return tuple(sorted(codes)[-boxes:])


def _scale_direction(scale: Scale, codebook: Codebook) -> bool | None:
    """High is favourable when every item, reversed where the scale says so, agrees on it."""
    directions = set()
    for item in scale.items:
        direction = codebook.variable(item).higher_is_favourable
        if item in scale.reverse and direction is not None:
            direction = not direction
        directions.add(direction)
    return directions.pop() if len(directions) == 1 else None
