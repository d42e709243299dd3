"""Whether groups changed differently: one test for all, to be read before any one group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from app.reports.reading.document import hidden_reason
from app.reports.reading.number_tables import p_text
from app.reports.reading.wording import Wording

_SIGNIFICANCE: Final = 0.05


def group_notes(
    interactions: Sequence[Mapping[str, Any]], titles: Mapping[str, str], wording: Wording
) -> Iterable[str]:
    """A sentence a background question that the plan names, for one outcome."""
    for interaction in interactions:
        question = titles.get(interaction["variable"], interaction["variable"])
        test = interaction["test"]
        reason = hidden_reason(test)
        if reason:
            yield wording("groups_untested", question=question, reason=reason)
            continue
        differs = test["p_adjusted"] < _SIGNIFICANCE
        yield wording(
            "groups_differ" if differs else "groups_alike",
            question=question,
            family=wording(f"groups_{interaction['family']}"),
            p=p_text(test["p_adjusted"], wording),
        )
