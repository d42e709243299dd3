"""What may be told of another method: all of it, only whether it agrees, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from analysis.codebook import Codebook
from analysis.disclosure import release
from analysis.disclosure.sensitivity import release_analysis, release_sensitivity
from analysis.report import compare_files
from tests.unit.analysis.books import book, number, question, scale, table
from tests.unit.analysis.told_bases import plain_bases

Columns = dict[str, Sequence[object]]


def _likert(seed: int, n: int = 200, lift: float = 0.0) -> list[int]:
    draws = 3 + lift + 1.1 * np.random.default_rng(seed).normal(size=n)
    return np.clip(np.round(draws), 1, 5).astype(int).tolist()


def _documents(
    codebook: Codebook, before: Columns, after: Columns, **more: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    computed = compare_files(codebook, table(before), table(after), **more)
    return computed, release(computed)


def _rows(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["method"]: row for row in document["sensitivity"][0]["analyses"]}


def _scale_waves(left_out: int) -> tuple[Columns, Columns]:
    """In the before wave so many people leave one of three items out."""
    waves: list[Columns] = [{name: _likert(s + i) for i, name in enumerate("abc")} for s in (1, 9)]
    waves[0]["a"] = [None if i < left_out else a for i, a in enumerate(waves[0]["a"])]
    return waves[0], waves[1]


SCALE = book(*(question(n) for n in "abc"), scales=[scale("trust", ["a", "b", "c"])])


@pytest.mark.parametrize(("left_out", "told"), [(0, True), (1, False), (9, False), (10, True)])
def test_a_method_that_leaves_few_out_tells_only_whether_it_agrees(
    left_out: int, *, told: bool
) -> None:
    computed, released = _documents(SCALE, *_scale_waves(left_out))
    row = _rows(released)["complete_answers"]
    assert row["agrees"] == _rows(computed)["complete_answers"]["agrees"]
    assert ("estimate" in row) is told
    if not told:
        assert row["suppressed"] == "it would tell of the few people it leaves out"
    assert "estimate" in _rows(released)["welch"]


def test_numbers_are_rounded_as_the_main_ones_and_bases_to_five() -> None:
    computed, released = _documents(
        book(question("q")), {"q": _likert(1, 203)}, {"q": _likert(2, 198, 0.3)}
    )
    exact, row = _rows(computed)["brunner_munzel"], _rows(released)["brunner_munzel"]
    assert row["estimate"] == round(exact["estimate"], 2)
    assert (row["p"], row["statistic"]) == (round(exact["p"], 3), round(exact["statistic"], 2))
    assert (row["n_before"], row["n_after"], row["df"] % 5) == (205, 200, 0)
    assert row["figures"] == {"cliff_delta": round(exact["figures"]["cliff_delta"], 2)}
    welch = _rows(released)["welch"]
    assert welch["estimate"] == released["comparisons"][0]["change"]["estimate"]


def test_people_who_moved_are_never_counted_in_public() -> None:
    codes: Columns = {"c": [f"p{i}" for i in range(200)]}
    computed, released = _documents(
        book(question("q")),
        {"q": _likert(1), **codes},
        {"q": _likert(2), **codes},
        plan={"person_code": "c"},
    )
    assert _rows(computed)["sign_test"]["counts"]["ups"] > 30
    for row in _rows(released).values():
        assert row.get("counts", {}) == {}
    figures = {"dz", "dz_low", "dz_high", "d_av", "d_av_low", "d_av_high"}
    assert _rows(released)["paired_t"]["figures"].keys() == figures


def test_few_who_moved_the_other_way_leave_only_the_agreement() -> None:
    first = [3] * 100 + [2] * 100
    second = [3] * 100 + [2] * 60 + [3] * 35 + [1] * 5
    codes: Columns = {"c": [f"p{i}" for i in range(200)]}
    _, released = _documents(
        book(question("q")),
        {"q": first, **codes},
        {"q": second, **codes},
        plan={"person_code": "c"},
    )
    row = _rows(released)["sign_test"]
    assert row["suppressed"] == "it rests on few people who answered otherwise"
    assert row["agrees"] is not None
    assert "estimate" in _rows(released)["paired_t"]


def test_few_pairs_are_not_counted_in_a_reason() -> None:
    first: Columns = {"q": _likert(1), "c": ["p1", *[""] * 199]}
    second: Columns = {"q": _likert(2), "c": ["p1", *[""] * 199]}
    computed, released = _documents(book(question("q")), first, second, plan={"person_code": "c"})
    assert "1 people can be recognised" in _rows(computed)["paired_t"]["not_estimable"]
    assert _rows(released)["paired_t"]["not_estimable"] == "these answers do not allow it"
    assert "in both waves" in _rows(released)["brunner_munzel"]["not_estimable"]


@pytest.mark.parametrize("pairs", [5, 20])
def test_a_method_on_few_people_is_hidden_like_any_estimate(pairs: int) -> None:
    waves: list[Columns] = [
        {"q": _likert(s), "c": [f"p{i}" if i < pairs else f"{s}-{i}" for i in range(200)]}
        for s in (1, 2)
    ]
    _, released = _documents(book(question("q")), *waves, plan={"person_code": "c"})
    row = _rows(released)["paired_t"]
    assert "answers" in row["suppressed"]
    assert row["agrees"] is None
    overlap = _rows(released)["overlapping_t"]
    assert ("estimate" in overlap) is (pairs >= 10)


def _linked(pairs: int, n: int = 200) -> tuple[dict[str, Any], dict[str, Any]]:
    waves: list[Columns] = [
        {
            "q": _likert(s, n),
            "c": [f"p{i}" if i < pairs else f"{s}-{i}" for i in range(n)],
        }
        for s in (1, 2)
    ]
    return _documents(book(question("q")), *waves, plan={"person_code": "c"})


@pytest.mark.parametrize(
    ("pairs", "told"), [(5, False), (29, False), (62, True), (191, False), (190, True), (200, True)]
)
def test_links_are_told_where_both_the_linked_and_the_others_are_many_or_nobody_is_left(
    pairs: int, *, told: bool
) -> None:
    computed, released = _linked(pairs)
    links = released["sensitivity"][0]["links"]
    assert computed["sensitivity"][0]["links"]["pairs"] == pairs
    assert ("pairs" in links) is told
    if told:
        assert links["pairs"] % 5 == 0
        assert links["share_of_before"] == round(pairs / 200, 2)


def test_those_who_were_lost_are_told_of_where_they_are_many() -> None:
    computed, released = _linked(120)
    exact, told = (d["sensitivity"][0]["links"]["lost_less_retained"] for d in (computed, released))
    assert told["estimate"] == round(exact["estimate"], 2)
    assert (told["n_retained"], told["n_lost"]) == (120, 80)
    _, few_lost = _linked(185)
    assert "suppressed" in few_lost["sensitivity"][0]["links"]["lost_less_retained"]
    _, nobody_lost = _linked(200)
    nobody = nobody_lost["sensitivity"][0]["links"]["lost_less_retained"]
    assert nobody == {"not_estimable": "lost: no answer"}


def test_where_nobody_has_a_code_no_links_are_told() -> None:
    _, released = _documents(book(question("q")), {"q": _likert(1)}, {"q": _likert(2)})
    assert released["sensitivity"][0]["links"] is None


def test_links_that_cannot_be_counted_stay_so() -> None:
    section: dict[str, Any] = {
        "outcome": "q",
        "measure": "mean",
        "equivalence": {"not_estimable": "no"},
        "links": {"not_estimable": "a wave has no answer"},
        "analyses": [],
    }
    main = {"before": {"n": 40}, "after": {"n": 40}}
    told = release_sensitivity(section, main, plain_bases(), None, 0.2)
    assert told["links"] == {"not_estimable": "a wave has no answer"}


def test_where_the_main_outcome_is_hidden_so_is_everything_beside_it() -> None:
    _, released = _documents(book(question("q")), {"q": _likert(1, 15)}, {"q": _likert(2)})
    sensitivity = released["sensitivity"][0]
    hidden = released["comparisons"][0]["before"]
    assert sensitivity["equivalence"] == hidden
    for row in sensitivity["analyses"]:
        assert row["suppressed"] == hidden["suppressed"]
        assert row["agrees"] is None
    assert released["comparisons"][0]["depends_on_method"] is False


def test_equivalence_is_told_against_the_published_margin() -> None:
    computed, released = _documents(book(question("q")), {"q": _likert(1)}, {"q": _likert(2)})
    exact, told = (d["sensitivity"][0]["equivalence"] for d in (computed, released))
    assert told["margin"] == released["comparisons"][0]["smallest_change"]
    assert told["p_equivalence"] == round(exact["p_equivalence"], 3)
    flat: Columns = {"q": [1, 2, 3, 4, 5] * 40, "c": [f"p{i}" for i in range(200)]}
    plan = {"person_code": "c"}
    _, released = _documents(book(question("q")), flat, flat, plan=plan)
    assert released["sensitivity"][0]["equivalence"].keys() == {"not_estimable"}


def _far_out() -> tuple[Columns, Columns]:
    before: Columns = {"years": [i % 20 for i in range(200)]}
    return before, {"years": [*(i % 20 for i in range(199)), 90_000]}


def test_a_verdict_that_depends_on_the_method_says_so_in_every_language() -> None:
    plan = {"primary": ["years"], "smallest_change": {"years": 2.0}}
    for document in _documents(book(number("years")), *_far_out(), plan=plan):
        comparison = document["comparisons"][0]
        assert comparison["depends_on_method"] is True
        assert comparison["sentence"].endswith(
            "This depends on the method: another way of comparing the same answers says "
            "something else."
        )
        assert "método" in comparison["sentences"]["es"].rsplit(".", 2)[1]


def test_only_what_is_published_makes_a_published_verdict_depend_on_the_method() -> None:
    row = {
        "method": "m",
        "question": {"en": "?"},
        "reference": "",
        "agrees": False,
        "n_before": 25,
        "n_after": 200,
        "counts": {},
    }
    told = release_analysis(row, {"before": {"n": 200}, "after": {"n": 200}}, plain_bases(), None)
    assert told["agrees"] is None


def test_groups_and_exploratory_outcomes_carry_no_tag_and_no_analyses() -> None:
    codebook = book(number("years"), question("q"), question("age", (1, 2), role="background"))
    before, after = _far_out()
    extra: Columns = {"q": _likert(1), "age": [1, 2] * 100}
    plan = {
        "primary": ["years"],
        "smallest_change": {"years": 2.0},
        "subgroups": ["age"],
    }
    computed, _ = _documents(codebook, before | extra, after | extra, plan=plan)
    tagged = [c for c in computed["comparisons"] if c["depends_on_method"]]
    assert [(c["outcome"], c["group"]) for c in tagged] == [("years", None)]
    assert [s["outcome"] for s in computed["sensitivity"]] == ["years"]


def _who(*counts: int) -> Columns:
    return {"who": [code for code, n in enumerate(counts, 1) for _ in range(n)]}


def test_a_question_without_order_tells_its_test_where_all_its_answers_are_told() -> None:
    codebook = book(question("who", (1, 2, 3), level="nominal"), question("q"))
    extra = ({"q": _likert(1)}, {"q": _likert(2)})
    computed, released = _documents(
        codebook, _who(80, 70, 50) | extra[0], _who(60, 70, 70) | extra[1], plan={"primary": ["q"]}
    )
    exact, told = computed["questions"][0], released["questions"][0]
    assert told["tests"][0]["p"] == round(exact["tests"][0]["p"], 3)
    assert [a["p_within"] for a in told["answers"]] == [
        round(a["p_within"], 3) for a in exact["answers"]
    ]
    _, hidden = _documents(
        codebook, _who(95, 100, 5) | extra[0], _who(60, 70, 70) | extra[1], plan={"primary": ["q"]}
    )
    told = hidden["questions"][0]
    assert all("suppressed" in test for test in told["tests"])
    assert "suppressed" in told["answers"][2]["p_within"]
