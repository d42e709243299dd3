"""Whether a report may be published beside those that are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.disclosure import release
from analysis.report import compare_files
from app.reports.publishing.ledger import (
    COMPARISON_AREAS,
    MOST_BREAKDOWNS,
    Base,
    bases_published,
    why_refused,
)
from tests.unit.analysis.books import book, question, table
from tests.unit.app.reports.documents import example

EVERYONE = Base("wave", "all", "", "", "trust", 300)


@pytest.mark.parametrize("gap", [1, 9, -1, -9])
def test_a_base_a_few_people_from_a_published_one_is_refused(gap: int) -> None:
    refused = why_refused([replace(EVERYONE, people="fewer", n=300 + gap)], [EVERYONE])
    assert refused is not None
    assert "of everyone" in refused.told_in("en")
    assert "Allowed:" in refused.told_in("en")


@pytest.mark.parametrize("gap", [0, 10, -10, 200])
def test_the_same_people_or_many_more_or_fewer_are_let_out(gap: int) -> None:
    assert why_refused([replace(EVERYONE, people="fewer", n=300 + gap)], [EVERYONE]) is None


def test_the_valid_answers_of_two_questions_are_not_compared() -> None:
    assert why_refused([replace(EVERYONE, question="fair", n=297)], [EVERYONE]) is None


def test_a_group_a_few_people_from_the_published_one_is_named() -> None:
    group = replace(EVERYONE, breakdown="area", category="North", n=120)
    refused = why_refused([replace(group, people="fewer", n=115)], [group])
    assert refused is not None
    assert "'North'" in refused.told_in("en")
    assert "«North»" in refused.told_in("es")


def test_too_many_breakdowns_of_one_wave_are_refused() -> None:
    published = [replace(EVERYONE, breakdown=f"b{i}", category="1") for i in range(MOST_BREAKDOWNS)]
    assert why_refused([published[0]], published) is None
    refused = why_refused([replace(EVERYONE, breakdown="one more", category="1")], published)
    assert refused is not None
    assert str(MOST_BREAKDOWNS) in refused.told_in("en")


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


def _with_comparison_areas() -> tuple[dict[str, object], dict[str, object]]:
    cells = {"trust": [1 + i % 5 for i in range(240)], "area": [1 + i % 3 for i in range(240)]}
    codebook = book(
        question("trust", favourable=(4, 5)),
        question("area", (1, 2, 3), level="nominal", role="background"),
    )
    plan = {"primary": ["trust"], "comparison_areas": {"area": [3]}}
    computed = compare_files(codebook, table(cells), table(cells), plan=plan)
    return computed, release(computed)


def test_the_comparison_areas_stand_in_the_ledger_by_their_codes() -> None:
    computed, released = _with_comparison_areas()
    bases = bases_published(computed, released, {"before": "x", "after": "y"})
    apart = {(b.wave_id, b.question): b for b in bases if b.breakdown == COMPARISON_AREAS}
    assert {b.category for b in apart.values()} == {"area:3"}
    assert apart["x", "trust"].n == 80
    assert Base("x", bases[0].people, "", "", "", 160) in bases


def test_an_area_may_not_change_sides_between_two_reports() -> None:
    apart = replace(EVERYONE, breakdown=COMPARISON_AREAS, category="area:3", question="", n=0)
    assert why_refused([EVERYONE, apart], [EVERYONE, apart]) is None
    for other in ([EVERYONE], [EVERYONE, replace(apart, category="area:2,3")]):
        refused = why_refused(other, [EVERYONE, apart])
        assert refused is not None
        assert "Allowed: the comparison areas" in refused.told_in("en")


def test_the_further_waves_of_the_course_stand_in_the_ledger() -> None:
    computed, released = example("computed"), example("released")
    names = [wave["name"] for wave in computed["trend"]["waves"]]
    waves = {name: f"wave {name}" for name in names}
    bases = bases_published(computed, released, waves)
    (further,) = set(names) - {"before", "after"}
    told = {b.question: b.n for b in bases if b.wave_id == f"wave {further}"}
    place = names.index(further)
    assert told[""] == computed["trend"]["waves"][place]["n"]
    entry = computed["trend"]["trends"][0]
    assert told[entry["outcome"]] == entry["waves"][place]["n"]
