"""An attacker by linear programming against releases: alone, in pairs, and without rule R5."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import combinations, product
from typing import Any, Final

import numpy as np
import pytest

from analysis.disclosure import Published, release
from app.reports.publishing.ledger import FEW, Base, bases_published, why_refused
from tests.attack.releases import (
    FEWEST,
    WHOLE_REPORTS,
    Cells,
    Document,
    attack,
    compare,
    primary_only,
    random_computed,
    random_report,
    random_wave,
    random_whole,
    shown_bases,
)

OWN: Final = {"before": "before", "after": "after"}
QUICK: Final = 50
HIDDEN_HEADLINE: Final = 69  # too few before: the course stays hidden, and says why for each wave
WHOLE: Final = 1000
NAIVE: Final = 12


@cache
def _released(seed: int) -> tuple[Document, Document]:
    computed = random_report(seed)
    return computed, release(computed)


def _check(computed: Document, released: Document) -> None:
    found = attack((computed, released, OWN))
    assert [f for f in found if not f.is_sound] == [], "what is told is not true"
    assert [f for f in found if f.is_narrowed] == []
    assert min(shown_bases(released), default=FEWEST) >= FEWEST


@pytest.mark.parametrize("first", range(0, QUICK, 10))
def test_no_hidden_count_is_left_fewer_than_ten_values_and_none_shown_is_small(first: int) -> None:
    for seed in range(first, first + 10):
        _check(*_released(seed))


@pytest.mark.proof
@pytest.mark.parametrize("first", range(QUICK, WHOLE, 95))
def test_the_same_of_a_thousand_releases(first: int) -> None:
    for seed in range(first, first + 95):
        _check(*_released(seed))
        _released.cache_clear()


def test_the_releases_hold_comparison_areas_courses_and_groups_made_of_several() -> None:
    """Every part is there, alone and with the others: the tests above would miss what is not."""
    held = set()
    for seed in range(0, QUICK, WHOLE_REPORTS):
        _, released = _released(seed)
        facts = released["initiative"]
        kinds = {"areas": released["areas"], "breakdown": facts.get("breakdown")}
        held.add(tuple(name for name, part in kinds.items() if part))
        assert released["trend"]["trends"]
    assert held == {(), ("areas",), ("breakdown",), ("areas", "breakdown")}


def test_the_same_where_the_headline_is_hidden() -> None:
    computed = random_whole(HIDDEN_HEADLINE)
    _check(computed, release(computed))


def test_the_attack_catches_an_engine_that_hides_only_what_is_small() -> None:
    """Else the tests above prove nothing."""
    caught = 0
    for seed in range(NAIVE):
        computed = random_computed(seed)
        found = attack((computed, primary_only(computed), OWN))
        assert all(f.is_sound for f in found)
        caught += any(f.is_narrowed for f in found)
    assert caught >= NAIVE * 3 // 4


def _three_areas(*sizes: int) -> Cells:
    """Everyone answers everything."""
    places = [place for place, n in zip("NSW", sizes, strict=True) for _ in range(n)]
    n = len(places)
    return {
        "trust": [1 + i % 5 for i in range(n)],
        "met": [i % 2 for i in range(n)],
        "why": [1 + i % 3 for i in range(n)],
        "age": [1 + i % 4 for i in range(n)],
        "sex": [1 + i % 2 for i in range(n)],
        "place": places,
    }


def test_a_group_of_nine_is_not_all_less_those_that_are_shown() -> None:
    wave = _three_areas(147, 148, 9)
    computed = compare(wave, wave, subgroups=["place"])
    released = release(computed)
    found = {f.name: f for f in attack((computed, released, OWN))}
    assert not found["before", "place", "answer", "W"].is_narrowed
    assert not found["before", "trust", "place", "W"].is_narrowed
    groups = [c for c in released["comparisons"] if c["group"]]
    assert {c["group"]["code"] for c in groups if "n" in c["before"]} == {"S"}
    withheld = {entry["group"]["code"]: entry for entry in released["withheld"]}
    assert withheld.keys() == {"N", "W"}
    assert withheld["N"] == {**withheld["W"], "group": withheld["N"]["group"]}
    assert "fewer than 10 people" in withheld["W"]["reason"]["en"]


# ---- Two releases of one wave (R6) --------------------------------------------------------------

APART, COURSE = 2, 3
PEOPLE: Final[tuple[Mapping[str, Any], ...]] = (
    {},
    {"exclusions": {"sex": [3]}},
    {"exclusions": {"age": [4]}},
    {"exclusions": {"sex": [3], "age": [4]}},
)


AREAS_APART: Final = {"comparison_areas": {"place": ["W"]}}


@cache
def _family(seed: int, follow_ups: int) -> list[tuple[Document, Document, dict[str, str]]]:
    """One baseline, several follow-ups, and whom the plan leaves out: each pair a difference.

    Every fourth keeps comparison areas apart; every fourth compares two follow-ups, and tells of
    the baseline as a further wave of the course.
    """
    rng = np.random.default_rng(seed)
    first, *later = (
        random_wave(rng, int(rng.integers(80, 400)), 1.5) for _ in range(follow_ups + 1)
    )
    found = []
    for (number, after), (place, plan) in product(enumerate(later), enumerate(PEOPLE)):
        kind = (number + place) % len(PEOPLE)
        has_course = kind == COURSE and number > 0
        computed = compare(
            later[number - 1] if has_course else first,
            after,
            further=first if has_course else None,
            subgroups=["age"],
            **(AREAS_APART if kind == APART else {}),
            **plan,
        )
        waves = {"before": "first", "after": f"then {number}"}
        if has_course:
            waves |= {"earlier_1": "first", "before": f"then {number - 1}"}
        found.append((computed, release(computed), waves))
    return found


def _differ_by_few(new: list[Base], published: list[Base]) -> bool:
    """Written anew, not asked of the ledger: the same people's question, a few people apart."""
    told = {(b.wave_id, b.breakdown, b.category, b.question): b.n for b in published}
    gaps = (abs(b.n - told.get((b.wave_id, b.breakdown, b.category, b.question), b.n)) for b in new)
    return any(0 < gap < FEW for gap in gaps)


def _kind(computed: Document) -> str:
    if computed["areas"]:
        return "areas"
    return "course" if computed["trend"] else "plain"


def _check_pairs(families: int, follow_ups: int) -> tuple[int, Counter[tuple[str, ...]]]:
    """How many pairs, and of which kinds those that were let out."""
    pairs, let_out = 0, Counter[tuple[str, ...]]()
    for seed in range(families):
        family = _family(seed, follow_ups)
        bases = [(_kind(one[0]), bases_published(*one)) for one in family]
        for (kind, first), (other, second) in combinations(bases, 2):
            pairs += 1
            if why_refused(second, first) is None:
                assert not _differ_by_few(second, first)
                let_out[tuple(sorted((kind, other)))] += 1
        _family.cache_clear()
    return pairs, let_out


def test_no_two_releases_that_are_let_out_differ_by_a_few_people() -> None:
    pairs, let_out = _check_pairs(families=3, follow_ups=5)
    assert pairs >= 500
    assert 0 < let_out.total() < pairs
    assert {kind for kinds in let_out for kind in kinds} == {"plain", "areas", "course"}


@pytest.mark.proof
def test_the_same_of_five_thousand_pairs() -> None:
    pairs, let_out = _check_pairs(families=27, follow_ups=5)
    assert pairs >= 5000
    assert 0 < let_out.total() < pairs
    assert {kind for kinds in let_out for kind in kinds} == {"plain", "areas", "course"}


@pytest.mark.parametrize("seed", range(4))
def test_a_second_release_tells_nothing_more_of_a_group_the_first_one_hides(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    before, *afters = (random_wave(rng, int(rng.integers(80, 400)), 1.5) for _ in range(3))
    first = compare(before, afters[0])
    second = compare(before, afters[1])
    published = release(first)
    shared = {"before": "before"}
    beside = release(second, [Published(first, published, shared)])
    found = attack((second, beside, OWN), (first, published, shared))
    assert all(f.is_sound for f in found)
    own = [f for f in found if f.is_narrowed]
    assert own == []
