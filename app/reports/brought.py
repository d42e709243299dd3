"""The codebook of a wave that was taken elsewhere: what it asked, and what only here is the same.

A question put in other words is another measure (R18): it gets a key that no other wave has, so
that the comparison finds it changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from analysis.codebook import Codebook, Variable, content_hash

if TYPE_CHECKING:
    from app.initiatives.elsewhere import TakenElsewhere


def as_taken(codebook: Codebook, wave_id: str, told: TakenElsewhere | None) -> Codebook:
    """The same codebook where the wave was asked here, or elsewhere all of it in the same words."""
    if told is None:
        return codebook
    variables = tuple(
        _as_put(variable, wave_id, told)
        for variable in codebook.variables
        if variable.question in told.asked
    )
    if variables == codebook.variables:
        return codebook
    columns = {variable.id for variable in variables}
    changed = [codebook.content_hash, sorted(told.asked), sorted(told.reworded)]
    return replace(
        codebook,
        content_hash=content_hash(changed),
        variables=variables,
        scales=tuple(scale for scale in codebook.scales if columns.issuperset(scale.items)),
    )


def _as_put(variable: Variable, wave_id: str, told: TakenElsewhere) -> Variable:
    if variable.question not in told.reworded:
        return variable
    return replace(variable, comparability_key=f"elsewhere/{wave_id}/{variable.id}")
