"""Why a comparison was refused, in the reader's language: the analysis speaks English."""

from __future__ import annotations

import re
from typing import Final

from app.errors import Phrase

# What waves from our own database can meet. Its groups fill the places of the sentence.
KNOWN: Final = (
    (r"the instruments do not match: ", "instruments_differ"),
    (r"column '(?P<column>.+?)': wording or options differ ", "wording_differs"),
    (r"(?P<wave>before|after): nobody is left after the plan's exclusions", "all_excluded"),
    (r"(?P<wave>before|after): the wave has one respondent", "one_answered"),
    (r"(?P<wave>before|after): (the wave is empty|the file has no heading)", "none_answered"),
    (
        r"(?P<wave>before|after): column '.+?' has nobody in the initiative's areas",
        "nobody_lives_there",
    ),
    (r"plan: comparison_areas names '(?P<area>.+?)', which stands in neither", "area_unknown"),
    (r"plan: unknown outcome '(?P<outcome>.+?)' under primary", "outcome_not_shared"),
    (r"plan: unknown subgroup '(?P<column>.+?)'", "group_not_shared"),
    (r"this release would tell of a group that must stay hidden", "would_tell"),
)


def told_refusal(refusal: Exception) -> Phrase:
    """A reason that stands in no language but English is told as such, in its own words."""
    words = str(refusal)
    for pattern, name in KNOWN:
        found = re.match(pattern, words)
        if found:
            values: dict[str, object] = found.groupdict()
            if "wave" in values:
                values["wave"] = Phrase(f"reports.wave_{values['wave']}")
            return Phrase(f"reports.{name}", **values)
    return Phrase("reports.in_english", why=words)
