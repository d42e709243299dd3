"""The course over all waves as it may be published."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from analysis.codebook import Codebook
from analysis.disclosure import release
from tests.unit.analysis.areas import places
from tests.unit.analysis.comparison_schema import SCHEMA
from tests.unit.analysis.planned import wave
from tests.unit.analysis.trends.courses import SMALLEST, initiative, report, three

PLAN: Final = {**SMALLEST, "contrasts": {"later": [-1, 0.5, 0.5]}}
FEW: Final = {"suppressed": "fewer than 10 answers"}


def _both(*sizes: int, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Computed and released, both under the schema."""
    cells = [wave(i, n, lift=0.3 * i) for i, n in enumerate(sizes)]
    computed = report(cells, plan=PLAN, **more)
    released = release(computed)
    for document in (computed, released):
        SCHEMA.validate(document)
    return computed, released


def test_large_waves_are_shown_rounded_without_what_tells_their_size() -> None:
    computed, released = _both(153, 167, 171)
    told, true = released["trend"]["trends"][0], computed["trend"]["trends"][0]
    assert [one["n"] for one in released["trend"]["waves"]] == [155, 165, 170]
    assert [one["time"] for one in released["trend"]["waves"]] == [0.0, 1.9, 8.0]
    for shown, exact in zip(told["waves"], true["waves"], strict=True):
        assert shown["estimate"] == round(exact["estimate"], 2)
        assert shown["n"] % 5 == 0
        assert "suppressed" in shown["se"]
    for part in (told["slope"], told["omnibus"], told["contrasts"][0]["change"]):
        assert "suppressed" in part["statistic"]
        assert "suppressed" in part["df"]
        assert part["p"] == round(part["p"], 3)
    assert told["slope"]["estimate"] == round(true["slope"]["estimate"], 3)
    assert told["verdict"] == true["verdict"] == "moved"
    assert "(about 155; 165; 170 answers)" in told["sentence"]
    assert told["named_contrasts"][0]["change"]["estimate"] == round(
        true["named_contrasts"][0]["change"]["estimate"], 2
    )


@pytest.mark.parametrize(("n", "few"), [(9, True), (29, False)])
def test_a_small_wave_is_hidden_with_all_that_rests_on_it(n: int, *, few: bool) -> None:
    _, released = _both(n, 160, 170)
    first, *others = released["trend"]["waves"]
    told = released["trend"]["trends"][0]
    assert (first["n"] == FEW) is few
    assert "suppressed" in first["n"]
    assert "suppressed" in first["n_eff"]
    assert [one["n"] for one in others] == [160, 170]
    assert "suppressed" in told["waves"][0]
    assert "estimate" in told["waves"][1]
    for part in ("slope", "omnibus", "verdict"):
        assert "suppressed" in told[part]
    assert all("suppressed" in one["verdict"] for one in told["contrasts"])
    assert "suppressed" in told["named_contrasts"][0]["change"]
    assert "too few answers, or too imprecise, to report" in told["sentence"]


def test_where_the_reports_own_comparison_is_hidden_so_is_the_course() -> None:
    _, released = _both(160, 20, 170)
    told = released["trend"]["trends"][0]
    assert all("suppressed" in one for one in told["waves"])
    assert "suppressed" in told["verdict"]
    assert told["because"] is None


def test_what_could_not_be_told_stays_so() -> None:
    computed, released = _both(160, 160, 170, facts={})
    assert released["trend"] == computed["trend"]
    assert "not_estimable" in released["trend"]


def test_an_outcome_that_has_no_course_says_so_in_the_release_too() -> None:
    cells = three()
    for item in "abcd":
        cells[0][item] = [None] * len(cells[0][item])
    released = release(report(cells, plan=PLAN))
    SCHEMA.validate(released)
    (told,) = released["trend"]["trends"]
    assert (told["waves"], told["contrasts"]) == ([], [])
    assert told["slope"] == {"not_estimable": "wave 1: no answer"}


def test_pairs_without_a_test_stay_without() -> None:
    cells = three()
    for one in cells[:2]:
        for item in "abcd":
            one[item] = [3] * len(one[item])
    computed = report(cells, plan=PLAN)
    assert "not_estimable" in computed["trend"]["trends"][0]["contrasts"][0]["change"]
    SCHEMA.validate(release(computed))


def test_blocked_waves_are_released_with_their_reason() -> None:
    modes = {"earlier_1": ["paper"], "before": ["phone_web"], "after": ["phone_web"]}
    books, cells = [places.codebook()] * 3, [places.wave(i, here=0.3 * i) for i in range(3)]
    plan = {"primary": [{"outcome": "a", "measure": "share"}]}
    books = [_favoured(book) for book in books]
    released = release(report(cells, plan=plan, facts=initiative(modes=modes), books=books))
    SCHEMA.validate(released)
    told = released["trend"]["trends"][0]
    assert {one["verdict"] for one in (told, *told["contrasts"])} == {"not_comparable"}
    assert told["because"]["en"] in told["sentence"]
    assert told["share_of"]["label"]["en"] == "“a 4” / “a 5”"
    assert all("suppressed" in one["n_chosen"] for one in told["waves"])


def _favoured(book: Codebook) -> Codebook:
    """With answers to `a` that a share can be told of."""
    first, *others = book.variables
    return replace(book, variables=(replace(first, favourable=(4, 5)), *others))
