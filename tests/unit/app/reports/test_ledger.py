"""Whether a report may be published beside those that are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.reports.publishing.ledger import MOST_BREAKDOWNS, Base, bases_published, why_refused
from tests.unit.app.reports.documents import example

EVERYONE = Base("wave", "all", "", "", "trust", 300)


@pytest.mark.parametrize("gap", [1, 9, -1, -9])
def test_a_base_a_few_people_from_a_published_one_is_refused(gap: int) -> None:
    refused = why_refused([replace(EVERYONE, people="fewer", n=300 + gap)], [EVERYONE])
    assert refused is not None
    assert "of everyone" in refused
    assert "Allowed:" in refused


@pytest.mark.parametrize("gap", [0, 10, -10, 200])
def test_the_same_people_or_many_more_or_fewer_are_let_out(gap: int) -> None:
    assert why_refused([replace(EVERYONE, people="fewer", n=300 + gap)], [EVERYONE]) is None


def test_the_valid_answers_of_two_questions_are_not_compared() -> None:
    assert why_refused([replace(EVERYONE, question="fair", n=297)], [EVERYONE]) is None


def test_a_group_a_few_people_from_the_published_one_is_named() -> None:
    group = replace(EVERYONE, breakdown="area", category="North", n=120)
    refused = why_refused([replace(group, people="fewer", n=115)], [group])
    assert refused is not None
    assert "'North'" in refused


def test_too_many_breakdowns_of_one_wave_are_refused() -> None:
    published = [replace(EVERYONE, breakdown=f"b{i}", category="1") for i in range(MOST_BREAKDOWNS)]
    assert why_refused([published[0]], published) is None
    refused = why_refused([replace(EVERYONE, breakdown="one more", category="1")], published)
    assert refused is not None
    assert str(MOST_BREAKDOWNS) in refused


def test_the_ledger_holds_true_bases_of_what_is_shown_and_of_nothing_else() -> None:
    computed, released = example("computed"), example("released")
    bases = bases_published(computed, released, {"before": "x", "after": "y"})
    assert Base("x", bases[0].people, "", "", "", 260) in bases
    by_group = {b.category for b in bases if b.breakdown == "age" and b.wave_id == "y"}
    shown = {
        str(c["group"]["code"]) for c in released["comparisons"] if c["group"] and "n" in c["after"]
    }
    assert by_group == shown
    assert "1" not in by_group
