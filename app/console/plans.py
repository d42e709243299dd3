"""The plan as its form says it: what is tested first, and which change would matter."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from app.errors import BadInput
from app.instruments.load.shipped import shipped_instruments
from app.web.forms import Form

DEFAULT_PRIMARY: Final = "trust"
USUAL_CHANGE: Final = "0.2"
LARGEST_CHANGE: Final = 4.0


class OutcomeToChoose(NamedTuple):
    """A scale that some shipped instrument holds."""

    id: str
    title: dict[str, str]


def outcomes_to_choose() -> list[OutcomeToChoose]:
    found = {
        scale.id: OutcomeToChoose(scale.id, dict(scale.title or {}))
        for instrument in shipped_instruments()
        for scale in instrument.scales
    }
    return sorted(found.values(), key=lambda outcome: (outcome.id != DEFAULT_PRIMARY, outcome.id))


def plan_from(form: Form) -> dict[str, Any]:
    """A plan document; everything it does not name stays as the analysis has it by default."""
    primary = form.get("primary", [""])[0]
    if primary not in {outcome.id for outcome in outcomes_to_choose()}:
        raise BadInput("Choose the scale whose change is to be judged first.")
    return {
        "primary": [primary],
        "smallest_change": {primary: {"mean": _change(form.get("smallest_change", [""])[0])}},
    }


def _change(text: str) -> float:
    try:
        change = float(text.strip().replace(",", "."))
    except ValueError:
        change = math.nan
    if not 0 < change <= LARGEST_CHANGE:
        raise BadInput(
            f"The smallest change that matters is a number above 0 and up to {LARGEST_CHANGE:g}, "
            f"such as {USUAL_CHANGE}; {text[:20]!r} is none."
        )
    return change
