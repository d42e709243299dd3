"""What was answered in `branching.yaml`, and which of its conditional questions then show."""

from __future__ import annotations

from typing import Final

Form = dict[str, list[str]]

CASES: Final[dict[str, tuple[Form, set[str]]]] = {
    "nothing answered": ({}, {"not_met", "not_chained"}),
    "met": ({"met": ["1"]}, {"either", "not_chained"}),
    "called": ({"called": ["1"]}, {"either", "not_met", "not_chained"}),
    "both": ({"met": ["1"], "called": ["1"]}, {"both", "either", "not_chained"}),
    "neither": ({"met": ["2"], "called": ["2"]}, {"not_met", "not_chained"}),
    "not said": ({"met": ["-2"]}, {"unsaid", "not_met", "not_chained"}),
    "chain of two": (
        {"met": ["1"], "either": ["1"]},
        {"either", "chained", "not_chained"},
    ),
    "chain to its end": (
        {"met": ["1"], "either": ["1"], "chained": ["1"]},
        {"either", "chained"},
    ),
    "chain whose start was taken back": (
        {"met": ["2"], "either": ["1"], "chained": ["1"]},
        {"not_met", "not_chained"},
    ),
    "one of several": ({"topics": ["1", "2"]}, {"not_met", "not_chained", "noisy"}),
    "another of several": ({"topics": ["3"]}, {"not_met", "not_chained", "noisy"}),
    "none of these": ({"topics": ["1"]}, {"not_met", "not_chained"}),
}
