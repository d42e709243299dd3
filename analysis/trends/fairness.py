"""Whether two waves of many are fair to compare: the checks that two waves alone pass through."""

from __future__ import annotations

from typing import Any, Final

from analysis.design import label_design
from analysis.distributions import distributions_of
from analysis.guard import blocked_by
from analysis.guard.pair import WAVES, WavePair
from analysis.trends.fieldwork import ManyWaves

Pair = tuple[int, int]
_FACTS: Final = ("languages", "modes", "recruitment")


def pairs_of(k: int) -> list[Pair]:
    """Those that a trend tells: each wave and the one before, and the last and the first."""
    return [*((i, i + 1) for i in range(k - 1)), (0, k - 1)]


def unfair(many: ManyWaves, pair: Pair) -> tuple[str, ...]:
    """Ids of the findings that forbid to read a difference of these two waves as a change.

    Refuses (`Refusal`): two waves whose design `label_design` refuses.
    """
    before, after = (many.waves[i] for i in pair)
    design = label_design(before, after, many.plan.columns, many.plan.lonely_psu)
    return blocked_by(
        WavePair(
            before,
            after,
            shared=many.codebook,
            own=(many.own[pair[0]], many.own[pair[1]]),
            plan=many.plan,
            design=design,
            variance=many.variance,
            distributions=distributions_of(before, after, many.codebook, design),
            initiative={name: _of_pair(many, name, pair) for name in _FACTS},
        )
    )


def _of_pair(many: ManyWaves, fact: str, pair: Pair) -> dict[str, Any]:
    told = many.initiative.get(fact) or {}
    return {wave: told.get(many.names[i]) for wave, i in zip(WAVES, pair, strict=True)}
