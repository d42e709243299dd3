"""Areas and groups set beside each other, as the page tells them."""

from __future__ import annotations

from typing import Any

from analysis.disclosure import release
from app.reports.page import render_document
from tests.unit.analysis.areas.places import compare, wave
from tests.unit.analysis.planned import Cells


def _page(before: Cells, after: Cells, **plan: Any) -> tuple[str, dict[str, Any]]:
    document = release(compare(before, after, **plan))
    return render_document(document), document


def test_the_comparison_areas_stand_beside_with_sentence_numbers_and_caveats() -> None:
    before, after = wave(1, 600, blocks=6), wave(2, 600, here=0.5, blocks=6)
    before["place"][:20] = [None] * 20
    page, document = _page(before, after, psu="block")
    (told,) = document["areas"]["comparisons"]
    assert told["sentence"] in page
    for caveat in told["caveats"]:
        assert caveat["en"] in page.replace("&#39;", "'")
    assert "The same, allowing for few clusters" in page
    assert "their area is not known: 20 people before, 0 after" in page
    assert "Why it changed, for sure." in page
    assert "Nothing here was compared with a place without the initiative" not in page


def test_a_comparison_area_that_is_too_small_says_so() -> None:
    before, after = wave(1), wave(2)
    before["place"] = [2 if i < 20 else 1 for i in range(200)]
    page, _ = _page(before, after)
    assert "cannot be set against that of the comparison area" in page
    after["place"] = [1] * 200
    page, _ = _page(before, after)
    assert "not shown: too few answers in the comparison areas" in page


def test_without_comparison_areas_the_page_has_no_such_part() -> None:
    page, _ = _page(wave(1), wave(2), comparison_areas={})
    assert "Beside the comparison areas" not in page
    assert "Nothing here was compared with a place without the initiative" in page


def test_groups_are_first_asked_together() -> None:
    before, after = wave(3, 800), wave(4, 800)
    page, _ = _page(before, after, subgroups=["sex"], confirmatory_subgroups=["sex"])
    assert "That the groups of “sex?” changed differently from each other is not shown" in page
    assert "planned, by Holm" in page


def test_groups_that_changed_differently_are_told_as_such() -> None:
    before, after = wave(1, 800), wave(2, 800)
    for item in ("a", "b"):
        pairs = zip(after[item], after["sex"], strict=True)
        after[item] = [min(5, answer + 2) if sex == 1 else answer for answer, sex in pairs]
    page, _ = _page(before, after, subgroups=["sex"])
    assert "The groups of “sex?” changed differently from each other (p &lt; 0.001" in page
    assert "exploratory, by Benjamini and Hochberg" in page


def test_groups_too_small_for_the_test_say_so() -> None:
    page, _ = _page(wave(1, 60), wave(2, 60), subgroups=["sex"])
    assert "Whether the groups of “sex?” changed differently is not shown" in page
