"""What was answered in `area_branching.yaml`, and which of its conditional questions then show.

Where a collector hangs in one area, its page leaves the area out and shows the rest alike.
"""

from __future__ import annotations

from typing import Final

from tests.surveys.branching_cases import Form

CASES: Final[dict[str, tuple[Form, set[str]]]] = {
    "nothing answered": ({}, {"other"}),
    "no area yet": ({"settled": ["1"]}, {"area", "other", "placed"}),
    "an area": ({"settled": ["1"], "area": ["2"]}, {"area", "other", "placed"}),
    "elsewhere": ({"settled": ["1"], "area": ["0"]}, {"area", "far"}),
    "not said": ({"settled": ["1"], "area": ["-2"]}, {"area", "unsaid", "placed"}),
    "elsewhere, then taken back": ({"settled": ["2"], "area": ["0"]}, {"other"}),
}
FIXED: Final[dict[str, tuple[Form, set[str]]]] = {
    "nothing answered": ({}, {"other"}),
    "settled": ({"settled": ["1"]}, {"other", "placed"}),
    "not settled": ({"settled": ["2"]}, {"other"}),
}
