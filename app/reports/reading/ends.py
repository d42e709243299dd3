"""What the two ends of an answer scale mean."""

from __future__ import annotations

from app.reports.reading.document import Outcome, in_language, told_categories
from app.reports.reading.figures import Units


def ends_of(outcome: Outcome, units: Units) -> tuple[str, str]:
    """Told by the scale, else by its answers."""
    wording, distribution = units.wording, outcome.distribution
    if units.is_share:
        return wording("nobody"), wording("everybody")
    if outcome.scale:
        ends = outcome.scale["ends"]
        low, high = ends.get(wording.language) or next(iter(ends.values()))
        return low, high
    categories = told_categories(distribution) if distribution else []
    if not categories:
        return "", ""
    first, last = (
        in_language(c["label"], wording.language) for c in (categories[0], categories[-1])
    )
    return first, last
