"""Nothing small, exact or unrounded leaves in a released document, whatever was computed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from hypothesis import given, settings

from analysis.disclosure import release
from tests.property.waves import Waves, waves

SETTINGS: Final = settings(max_examples=60, deadline=None)
# Not about people: what the instrument, the plan and the schema say.
STATED: Final = re.compile(
    r"\.(level|version|code|codes\[\d+\]|favourable\[\d+\]|low|high|answers_needed|suppress_below|strata)$"
)
# The df of a test over categories counts categories.
CATEGORIES: Final = re.compile(r"^\.questions\[\d+\]\.tests\[\d+\]\.df$")
BASES: Final = re.compile(r"\.(n|n_eff|psus|df|n_eff\.(before|after))$")
THOUSANDTHS: Final = 1000


def _leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _leaves(value, f"{path}.{key}")
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from _leaves(value, f"{path}[{i}]")
    else:
        yield path, part


def _is_rounded(path: str, value: float) -> bool:
    if BASES.search(path):
        return value == 5 * round(value / 5) and value >= 10
    return value == round(value * THOUSANDTHS) / THOUSANDTHS


@given(waves(most=200))
@SETTINGS
def test_every_number_that_leaves_is_rounded_and_no_base_is_small(drawn: Waves) -> None:
    released = release(drawn.compare())
    numbers = [
        (path, value)
        for path, value in _leaves(released)
        if isinstance(value, int | float) and not isinstance(value, bool)
        if not STATED.search(path) and not CATEGORIES.search(path)
    ]
    assert [entry for entry in numbers if not _is_rounded(*entry)] == []


def _small(computed: dict[str, Any], threshold: int) -> Iterator[tuple[int, str]]:
    for i, comparison in enumerate(computed["comparisons"]):
        for wave in ("before", "after"):
            estimate = comparison[wave]
            if "not_estimable" in estimate or estimate["n"] < threshold:
                yield i, wave


@given(waves(most=120))
@SETTINGS
def test_a_small_wave_or_group_hides_every_statistic_that_rests_on_it(drawn: Waves) -> None:
    computed = drawn.compare()
    released = release(computed)
    for i, wave in _small(computed, 30):
        comparison = released["comparisons"][i]
        assert comparison[wave].keys() == {"suppressed"}
        assert comparison["change"].keys() == {"suppressed", "family"}
        assert comparison["verdict"].keys() == {"suppressed"}
        assert all(effect.keys() == {"suppressed"} for effect in comparison["effects"].values())
        assert not re.search(r"\d", comparison["sentence"].split("”", maxsplit=1)[1])


@given(waves(most=200))
@SETTINGS
def test_every_published_option_holds_ten_people_in_both_waves(drawn: Waves) -> None:
    computed = drawn.compare()
    counts = {
        (d["variable"], wave): {c["codes"][0]: c["n"] for c in answers["categories"]}
        for d in computed["distributions"]
        for wave, answers in d["waves"].items()
    }
    for distribution in release(computed)["distributions"]:
        for wave, answers in distribution["waves"].items():
            if isinstance(answers["categories"], list):
                for option in answers["categories"]:
                    held = counts[distribution["variable"], wave]
                    assert sum(held[code] for code in option["codes"]) >= 10


@given(waves(most=200))
@SETTINGS
def test_a_published_share_less_a_published_option_leaves_no_few(drawn: Waves) -> None:
    """Top box less a single option must not tell an option that the distribution merged away."""
    computed = drawn.compare()
    released = release(computed)
    told = {d["variable"]: d for d in released["distributions"]}
    for comparison in released["comparisons"]:
        share = comparison["share_of"]
        if share is None or comparison["group"] or "suppressed" in comparison["verdict"]:
            continue
        options = told[share["variable"]]["waves"]["after"]["categories"]
        if isinstance(options, list):
            for option in options:
                codes = set(option["codes"])
                assert codes <= set(share["codes"]) or codes.isdisjoint(share["codes"])
