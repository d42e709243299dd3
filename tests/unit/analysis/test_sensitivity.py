"""Which other methods stand beside a main outcome, and when they count as agreeing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.codebook import Codebook, TopBox
from analysis.comparisons.contrast import Change
from analysis.comparisons.method import MethodComparison
from analysis.comparisons.methods import METHODS
from analysis.refusals import NotEstimable
from analysis.sensitivity import Fieldwork, Sensitivity, sensitivity_of, sensitivity_section
from tests.unit.analysis.books import book, number, question, scale
from tests.unit.analysis.fieldworks import fieldwork_of, primary_of

Columns = dict[str, Sequence[object]]
LINKED = {method.name for method in METHODS if method.needs_links}


def _likert(seed: int, n: int = 60, lift: float = 0.0) -> list[int]:
    draws = 3 + lift + 1.1 * np.random.default_rng(seed).normal(size=n)
    return np.clip(np.round(draws), 1, 5).astype(int).tolist()


def _scale_book() -> Codebook:
    items = [question(name) for name in ("a", "b", "c", "d")]
    trust = scale(
        "trust", ["a", "b", "c", "d"], reverse=("d",), is_primary=True, top_box=TopBox("a", (4, 5))
    )
    return book(*items, question("age", (1, 2), role="background", missing=(-1,)), scales=[trust])


def _scale_wave(seed: int, lift: float = 0.0, n: int = 60) -> Columns:
    columns: Columns = {name: _likert(seed + i, n, lift) for i, name in enumerate("abc")}
    columns["d"] = [6 - answer for answer in _likert(seed + 3, n, lift)]
    columns["age"] = [(1, 2, -1, None)[i % 4] for i in range(n)]
    return columns


def _sensitivity(fieldwork: Fieldwork) -> Sensitivity:
    return sensitivity_of(primary_of(fieldwork), fieldwork)


def _found(sensitivity: Sensitivity, name: str) -> MethodComparison:
    found = next(a.found for a in sensitivity.analyses if a.method.name == name)
    assert isinstance(found, MethodComparison), found
    return found


def _names(sensitivity: Sensitivity) -> list[str]:
    return [analysis.method.name for analysis in sensitivity.analyses]


def test_a_scale_is_compared_without_weights_by_complete_answers_ranks_and_background() -> None:
    fieldwork = fieldwork_of(
        _scale_book(), _scale_wave(1), _scale_wave(9, 0.4), {"subgroups": ["age"]}
    )
    sensitivity = _sensitivity(fieldwork)
    assert _names(sensitivity) == [
        "welch",
        "complete_answers",
        "nearly_complete_answers",
        "adjusted",
        "permutation",
        "glass_delta",
        "brunner_munzel",
        "midrank_test",
    ]
    main = primary_of(fieldwork).comparison.change
    assert isinstance(main, Change)
    assert _found(sensitivity, "welch").p == pytest.approx(main.p)
    assert _found(sensitivity, "adjusted").df == 120 - 2 + 1 - 4


def test_only_a_scale_knows_who_answered_how_many_items() -> None:
    wave = _scale_wave(1)
    wave["a"] = [None if i < 20 else a for i, a in enumerate(wave["a"])]
    fieldwork = fieldwork_of(_scale_book(), wave, _scale_wave(9))
    assert _found(_sensitivity(fieldwork), "complete_answers").n == (40, 60)
    assert _found(_sensitivity(fieldwork), "nearly_complete_answers").n == (40, 60)
    assert _found(_sensitivity(fieldwork), "welch").n == (60, 60)


@pytest.mark.parametrize(
    ("codebook", "columns", "primary", "expected"),
    [
        (book(question("q")), {"q": _likert(1)}, "q", {"odds_of_higher", "midrank_test"}),
        (book(number("years")), {"years": _likert(1)}, "years", {"winsorised", "glass_delta"}),
        (
            book(question("met", (0, 1), level="binary")),
            {"met": [0, 1] * 30},
            "met",
            {"odds_ratio", "fisher", "agresti_caffo"},
        ),
    ],
)
def test_each_kind_of_outcome_has_methods_of_its_own(
    codebook: Codebook, columns: Columns, primary: str, expected: set[str]
) -> None:
    plan = {"primary": [primary]}
    names = set(_names(_sensitivity(fieldwork_of(codebook, columns, columns, plan))))
    assert expected <= names
    assert not names & LINKED
    assert not names & {"mann_whitney", "rao_scott", "pearson"}
    assert _sensitivity(fieldwork_of(codebook, columns, columns, plan)).links is None


def test_the_share_of_a_scale_is_a_share() -> None:
    plan = {"primary": [{"outcome": "trust", "measure": "share"}]}
    fieldwork = fieldwork_of(_scale_book(), _scale_wave(1), _scale_wave(9), plan)
    assert "fisher" in _names(_sensitivity(fieldwork))
    assert "complete_answers" not in _names(_sensitivity(fieldwork))


def test_people_who_answered_twice_are_compared_where_the_plan_names_their_code() -> None:
    codes: Columns = {"c": [f"p{i}" for i in range(60)]}
    plan = {"person_code": "c"}
    first, second = {"q": _likert(1), **codes}, {"q": _likert(2, lift=0.5), **codes}
    sensitivity = _sensitivity(fieldwork_of(book(question("q")), first, second, plan))
    assert {"paired_t", "signed_rank", "sign_test", "overlapping_t"} <= set(_names(sensitivity))
    assert _found(sensitivity, "paired_t").n == (60, 60)
    told = sensitivity_section(sensitivity)["links"]
    assert (told["pairs"], told["share_of_before"]) == (60, 1.0)
    assert told["lost_less_retained"] == {"not_estimable": "lost: no answer"}
    refused = next(a.found for a in sensitivity.analyses if a.method.name == "brunner_munzel")
    assert isinstance(refused, NotEstimable)
    assert "in both waves" in refused.reason


def test_a_wave_without_answers_has_no_links() -> None:
    codes: Columns = {"c": [f"p{i}" for i in range(40)]}
    waves = {"q": [None] * 40, **codes}, {"q": _likert(1, 40), **codes}
    fieldwork = fieldwork_of(book(question("q")), *waves, {"person_code": "c"})
    told = sensitivity_section(_sensitivity(fieldwork))["links"]
    assert told == {"not_estimable": "a wave has no answer"}


def test_areas_and_strata_reach_the_methods() -> None:
    places: Columns = {"place": ["N", "S"] * 30, "s": ["x", "y"] * 30}
    plan = {"area": "place", "subgroups": ["place"], "stratum": "s"}
    waves = ({"q": _likert(seed), **places} for seed in (1, 2))
    sensitivity = _sensitivity(fieldwork_of(book(question("q")), *waves, plan))
    assert _found(sensitivity, "adjusted").df == 120 - 4 + 1 - 3


def test_a_method_agrees_when_it_comes_to_the_same_verdict() -> None:
    fieldwork = fieldwork_of(book(question("q")), {"q": _likert(1)}, {"q": _likert(2, lift=1.5)})
    sensitivity = _sensitivity(fieldwork)
    assert {a.agrees for a in sensitivity.analyses} == {True, None}
    assert not sensitivity.depends_on_method


def test_one_method_that_says_otherwise_makes_the_verdict_depend_on_it() -> None:
    """One number far out hides that nothing changed: drawn in, the waves are about the same."""
    before: Columns = {"years": [i % 20 for i in range(200)]}
    after: Columns = {"years": [*(i % 20 for i in range(199)), 90_000]}
    plan = {"primary": ["years"], "smallest_change": {"years": 2.0}}
    sensitivity = _sensitivity(fieldwork_of(book(number("years")), before, after, plan))
    said = {a.method.name: a.agrees for a in sensitivity.analyses}
    assert said["welch"] is True
    assert said["winsorised"] is False
    assert sensitivity.depends_on_method


def test_the_side_on_which_a_p_lies_counts() -> None:
    """Most people move up a little, few fall far: the mean falls and the ranks rise."""
    before: Columns = {"years": [10 + i % 3 for i in range(200)]}
    after: Columns = {"years": [*(11 + i % 3 for i in range(180)), *([-60] * 20)]}
    plan = {"primary": ["years"], "smallest_change": {"years": 0.5}}
    fieldwork = fieldwork_of(book(number("years")), before, after, plan)
    said = {a.method.name: a for a in _sensitivity(fieldwork).analyses}
    assert str(primary_of(fieldwork).verdict).startswith("fell")
    for name in ("brunner_munzel", "midrank_test"):
        found = said[name].found
        assert isinstance(found, MethodComparison)
        assert (found.p or 1) < 0.05
        assert said[name].agrees is False
    assert said["glass_delta"].agrees is True


def test_a_signed_rank_claims_by_the_sign_of_its_statistic() -> None:
    codes: Columns = {"c": [f"p{i}" for i in range(60)]}
    for lift, verdict in ((2.0, "rose"), (-2.0, "fell")):
        first, second = {"q": _likert(1), **codes}, {"q": _likert(2, lift=lift), **codes}
        fieldwork = fieldwork_of(book(question("q")), first, second, {"person_code": "c"})
        said = {a.method.name: a.agrees for a in _sensitivity(fieldwork).analyses}
        assert str(primary_of(fieldwork).verdict).startswith(verdict)
        assert said["signed_rank"] is True


def test_holm_holds_a_main_outcome_back_and_no_method_is_blamed_for_it() -> None:
    columns = [
        {"a": _likert(1), "b": _likert(3), "c": _likert(5)},
        {"a": _likert(2, lift=0.31), "b": _likert(4), "c": _likert(6)},
    ]
    codebook = book(*(question(name) for name in "abc"))
    fieldwork = fieldwork_of(codebook, *columns, {"primary": ["a", "b", "c"]})
    main = primary_of(fieldwork)
    assert main.verdict == "cannot_tell"
    assert isinstance(main.comparison.change, Change)
    assert main.comparison.change.p < 0.05
    assert not _sensitivity(fieldwork).depends_on_method


def test_without_a_verdict_nothing_agrees_or_disagrees() -> None:
    fieldwork = fieldwork_of(book(question("q")), {"q": [3] * 40}, {"q": [3] * 40})
    sensitivity = _sensitivity(fieldwork)
    assert {a.agrees for a in sensitivity.analyses} == {None}
    assert isinstance(sensitivity.equivalence, NotEstimable)
    assert sensitivity_section(sensitivity)["links"] is None
    flat = fieldwork_of(book(number("years")), {"years": [2, 2, 2]}, {"years": [2, 3, 4]})
    without_amount = _sensitivity(flat)
    assert {a.agrees for a in without_amount.analyses} == {None}
    assert isinstance(without_amount.equivalence, NotEstimable)


def test_waves_that_are_not_comparable_are_not_agreed_upon() -> None:
    fieldwork = fieldwork_of(book(question("q")), {"q": _likert(1)}, {"q": _likert(2)})
    blocked = replace(primary_of(fieldwork), verdict="not_comparable")
    assert {a.agrees for a in sensitivity_of(blocked, fieldwork).analyses} == {None}


def test_the_rows_of_a_document_hold_numbers_questions_and_reasons() -> None:
    plan = {"subgroups": []}
    fieldwork = fieldwork_of(_scale_book(), _scale_wave(1), _scale_wave(9, 0.5), plan)
    section = sensitivity_section(_sensitivity(fieldwork))
    json.dumps(section, allow_nan=False)
    told: dict[str, dict[str, Any]] = {row["method"]: row for row in section["analyses"]}
    assert 0 <= section["equivalence"]["p_equivalence"] <= 1
    assert "subgroups" in told["adjusted"]["not_estimable"]
    assert "needs no shuffling" in told["permutation"]["not_estimable"]
    brunner = told["brunner_munzel"]
    assert brunner["question"]["en"].endswith("?")
    assert (brunner["unit"], brunner["no_change"]) == ("probability", 0.5)
    assert brunner["ci_low"] < brunner["estimate"] < brunner["ci_high"]
    assert (brunner["n_before"], brunner["n_after"]) == (60, 60)
