"""The computed document: families, smallest changes, grades, and what cannot be estimated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from analysis.bundle import Bundle
from analysis.codebook import Codebook
from analysis.multiplicity import benjamini_hochberg, holm
from analysis.refusals import Refusal
from analysis.report import compare_bundle, compare_files
from tests.unit.analysis.books import book, number, question, scale, table

Columns = dict[str, Sequence[object]]
FIVE = [1, 2, 3, 4, 5]


def _document(codebook: Codebook, before: Columns, after: Columns, **more: Any) -> dict[str, Any]:
    document = compare_files(codebook, table(before), table(after), **more)
    json.dumps(document, allow_nan=False)
    return document


def _found(document: dict[str, Any], **wanted: object) -> list[dict[str, Any]]:
    return [c for c in document["comparisons"] if all(c[k] == v for k, v in wanted.items())]


def _three() -> tuple[Codebook, Columns, Columns]:
    codebook = book(*(question(name) for name in ("a", "b", "c")))
    before = {"a": FIVE * 8, "b": [1, 1, 2, 3, 5] * 8, "c": [2, 2, 3, 3, 4] * 8}
    after = {"a": [2, 3, 4, 5, 5] * 8, "b": [1, 2, 2, 3, 5] * 8, "c": [3, 4, 4, 5, 5] * 8}
    return codebook, before, after


def test_primary_outcomes_are_adjusted_by_holm_and_all_others_by_benjamini_hochberg() -> None:
    document = _document(*_three(), plan={"primary": ["a", "b"]})
    families: dict[str, list[dict[str, Any]]] = {}
    for comparison in document["comparisons"]:
        families.setdefault(comparison["change"]["family"], []).append(comparison["change"])
    assert {name: len(changes) for name, changes in families.items()} == {
        "primary": 2,
        "exploratory": 4,
    }
    for name, method in (("primary", holm), ("exploratory", benjamini_hochberg)):
        changes = families[name]
        adjusted = method([change["p"] for change in changes])
        assert [change["p_adjusted"] for change in changes] == adjusted


def test_subgroups_are_a_family_of_their_own() -> None:
    codebook, before, after = _three()
    codebook = book(*codebook.variables, question("age", (1, 2), role="background"))
    ages: Columns = {"age": [1, 2] * 20}
    document = _document(codebook, before | ages, after | ages, plan={"subgroups": ["age"]})
    groups = [c for c in document["comparisons"] if c["group"]]
    assert {c["change"]["family"] for c in groups} == {"subgroups"}
    assert groups[0]["group"] == {"variable": "age", "code": 1, "label": {"en": "age 1"}}
    assert sum(c["before"]["n"] for c in groups if c["outcome"] == "a") == 2 * 40
    ps = [c["change"]["p"] for c in groups]
    assert [c["change"]["p_adjusted"] for c in groups] == benjamini_hochberg(ps)


def test_areas_named_by_the_plan_are_groups() -> None:
    codebook, before, after = _three()
    places: Columns = {"place": ["North", "South"] * 20}
    plan = {"area": "place", "subgroups": ["place"]}
    document = _document(codebook, before | places, after | places, plan=plan)
    groups = [c["group"] for c in document["comparisons"] if c["outcome"] == "a" and c["group"]]
    assert [g["code"] for g in groups] == ["North", "South"] * 2


@pytest.mark.parametrize(
    ("low", "high", "answers", "expected"),
    [
        (1.0, 5.0, [3] * 20 + [4], 0.15),
        (0.0, 10.0, [5] * 20 + [6], 0.375),
        (1.0, 5.0, [1, 5] * 10, 0.2 * 2.0519567041703082),
    ],
)
def test_a_mean_must_move_by_a_fifth_of_an_sd_or_by_the_share_of_its_answer_scale(
    low: float, high: float, answers: list[object], expected: float
) -> None:
    codes = range(int(low), int(high) + 1)
    document = _document(book(question("q", codes)), {"q": answers}, {"q": answers})
    comparison = _found(document, measure="mean")[0]
    assert comparison["smallest_change"] == pytest.approx(expected, rel=1e-12)
    told = document["plan"]["smallest_changes"][0]
    assert (told["source"], told["value"]) == ("default", comparison["smallest_change"])
    assert document["plan"]["source"] == "default"


def test_a_number_without_ends_must_move_by_a_fifth_of_an_sd() -> None:
    document = _document(book(number("years")), {"years": [1, 2, 3]}, {"years": [2, 3, 4]})
    assert document["comparisons"][0]["smallest_change"] == pytest.approx(0.2)


def test_the_plan_has_the_last_word_on_what_matters() -> None:
    codebook, before, after = _three()
    plan = {"smallest_change": {"a": {"mean": 0.7, "share": 0.11}}}
    document = _document(codebook, before, after, plan=plan)
    told = {(e["outcome"], e["measure"]): e for e in document["plan"]["smallest_changes"]}
    assert (told["a", "mean"]["value"], told["a", "mean"]["source"]) == (0.7, "plan")
    assert (told["a", "share"]["value"], told["b", "share"]["value"]) == (0.11, 0.05)
    assert told["b", "share"]["source"] == "default"


@pytest.mark.parametrize(
    ("before", "after", "where", "reason"),
    [
        ([None, None], [1, 2], "before", "before: no answer"),
        ([1, None], [1, 2], "before", "before: one answer only"),
        ([1, 2], [None, None], "after", "after: no answer"),
        ([3, 3, 3], [3, 3], None, "every answer (or every PSU) is the same"),
    ],
)
def test_what_cannot_be_estimated_says_why(
    before: list[object], after: list[object], where: str | None, reason: str
) -> None:
    document = _document(book(question("q")), {"q": before}, {"q": after})
    for comparison in document["comparisons"]:
        assert reason in comparison["change"]["not_estimable"]
        assert reason in comparison["verdict"]["not_estimable"]
        assert "cannot be compared" in comparison["sentence"]
        if where:
            assert "not_estimable" in comparison[where]


def test_a_constant_wave_has_a_mean_without_an_interval_and_a_share_with_one() -> None:
    document = _document(book(question("q")), {"q": [5] * 40}, {"q": FIVE * 8})
    mean, share = document["comparisons"]
    assert mean["before"]["estimate"] == 5
    assert mean["before"]["se"] == mean["before"]["ci_low"]
    assert "not_estimable" in mean["before"]["se"]
    assert share["before"]["ci_low"] == pytest.approx(0.9123784, rel=1e-6)
    assert share["before"]["ci_high"] == pytest.approx(1.0)
    assert mean["change"]["df"] == pytest.approx(39)


def test_one_respondent_is_refused() -> None:
    with pytest.raises(Refusal, match="before: the wave has one respondent"):
        _document(book(question("q")), {"q": [1]}, {"q": [2]})


def test_a_baseline_that_does_not_vary_sets_no_default_for_a_number() -> None:
    document = _document(book(number("years")), {"years": [2, 2, 2]}, {"years": [2, 3, 4]})
    comparison = document["comparisons"][0]
    assert comparison["smallest_change"] == {"not_estimable": "before: every answer is the same"}
    assert comparison["verdict"] == comparison["smallest_change"]


def test_effects_of_weighted_answers_treat_the_sd_as_known() -> None:
    weights: Columns = {"w": [1, 2] * 20}
    codebook, before, after = _three()
    document = _document(codebook, before | weights, after | weights, plan={"weight": "w"})
    mean, share = document["comparisons"][:2]
    g, change = mean["effects"]["hedges_g"], mean["change"]
    assert g["method"] == "sd_as_known"
    sd = change["estimate"] / g["estimate"]
    assert g["ci_low"] * sd == pytest.approx(change["ci_low"])
    difference = share["effects"]["risk_difference"]
    assert (difference["method"], difference["ci_low"]) == ("design_t", share["change"]["ci_low"])


def test_weighted_shares_that_everyone_gave_have_an_exact_interval() -> None:
    columns: Columns = {"q": [1] * 40, "w": [1, 2] * 20}
    blocks: Columns = {"b": [i // 4 for i in range(40)]}
    codebook = book(question("q"))
    weighted = _document(codebook, columns, columns, plan={"weight": "w"})
    clustered = _document(
        codebook, columns | blocks, columns | blocks, plan={"psu": "b", "weight": "w"}
    )
    for document, n in ((weighted, 36.0), (clustered, 10)):
        share = _found(document, measure="share")[0]["before"]
        assert (share["estimate"], share["ci_low"]) == (0, 0)
        assert share["ci_high"] == pytest.approx(1 - 0.025 ** (1 / n), rel=1e-9)


@pytest.mark.parametrize(
    ("initiative", "weighted", "grade"),
    [
        (None, True, "C"),
        ({"sampling": {"before": "probability", "after": "probability"}}, False, "A"),
        ({"sampling": {"before": "probability"}}, False, "C"),
        ({"recruitment": {"before": "open", "after": "open"}}, True, "B"),
        ({"recruitment": {"before": "open", "after": "open"}}, False, "C"),
        ({"recruitment": {"before": "open", "after": "paper"}}, True, "C"),
        (
            {
                "recruitment": {"before": ["open"], "after": ["open"]},
                "modes": {"before": ["phone"], "after": ["paper", "phone"]},
            },
            True,
            "C",
        ),
    ],
)
def test_the_grade_says_how_people_were_reached(
    initiative: dict[str, Any] | None, *, weighted: bool, grade: str
) -> None:
    codebook, before, after = _three()
    weights: Columns = {"w": [1, 2] * 20}
    plan = {"weight": "w"} if weighted else None
    if weighted:
        before, after = before | weights, after | weights
    document = _document(codebook, before, after, plan=plan, initiative=initiative)
    assert document["grade"] == grade
    assert document["initiative"] == initiative


@pytest.mark.parametrize(
    ("initiative", "grade"),
    [
        (None, "A"),
        ({"recruitment": {"before": "open", "after": "open"}}, "C"),
    ],
)
def test_the_plan_says_how_answers_from_elsewhere_were_drawn_and_of_no_others(
    initiative: dict[str, Any] | None, grade: str
) -> None:
    plan = {"sampling": "probability"}
    document = _document(*_three(), plan=plan, initiative=initiative)
    assert document["grade"] == grade
    assert document["plan"]["sampling"] == "probability"


def test_the_variance_of_the_call_wins_over_the_plans_and_that_over_the_default() -> None:
    files = _three()
    assert _document(*files)["variance"] == "jackknife"
    assert _document(*files, plan={"variance": "taylor"})["variance"] == "taylor"
    both = _document(*files, plan={"variance": "taylor"}, variance="jackknife")
    assert both["variance"] == "jackknife"


def test_waves_carry_their_labels_and_sizes() -> None:
    codebook, before, after = _three()
    labels = {"before": {"en": "Spring"}, "after": {"en": "Autumn"}}
    waves = _document(codebook, before, after, initiative={"labels": labels})["waves"]
    assert waves == {
        "before": {"label": {"en": "Spring"}, "n": 40},
        "after": {"label": {"en": "Autumn"}, "n": 40},
    }


def test_distributions_count_every_code_and_every_reason_for_missing() -> None:
    codebook = book(question("q", (1, 2), missing=(-1,)), number("years"))
    before: Columns = {"q": [1, 1, 2, -1, -4, None, -3], "years": [1, 2, -3, None, 5, 6, 7]}
    document = _document(codebook, before, before)
    q, years = (d["waves"]["before"] for d in document["distributions"])
    assert [(c["codes"], c["n"], c["share"]) for c in q["categories"]] == [
        ([1], 2, pytest.approx(2 / 3)),
        ([2], 1, pytest.approx(1 / 3)),
    ]
    shown = {(m["code"], m["reason"]): (m["n"], m["share"]) for m in q["missing"]}
    assert shown == {
        (-1, "dont_know"): (1, pytest.approx(1 / 6)),
        (-3, "skipped"): (1, pytest.approx(1 / 6)),
        (-4, "not_shown"): (1, pytest.approx(1 / 7)),
        (None, "empty"): (1, pytest.approx(1 / 6)),
    }
    assert (years["n"], years["categories"]) == (5, [])
    assert {m["reason"]: m["n"] for m in years["missing"]} == {
        "not_shown": 0,
        "skipped": 1,
        "empty": 1,
    }


def test_a_wave_without_a_valid_answer_has_a_distribution_without_shares() -> None:
    document = _document(book(question("q", (1, 2))), {"q": [None, None]}, {"q": [1, 2]})
    wave = document["distributions"][0]["waves"]["before"]
    assert wave["n"] == 0
    assert wave["categories"][0]["share"] == {"not_estimable": "no answer"}


def test_a_bundle_compares_as_its_files_do() -> None:
    codebook, before, after = _three()
    plan, initiative = {"primary": ["b"]}, {"title": {"en": "Meetings"}}
    packed = Bundle(codebook, codebook, table(before), table(after), plan, initiative)
    document = _document(codebook, before, after, plan=plan, initiative=initiative)
    assert compare_bundle(packed) == document
    taylor = compare_bundle(packed, variance="taylor")
    assert (taylor["variance"], document["variance"]) == ("taylor", "jackknife")


def test_waves_with_other_questions_compare_what_they_share() -> None:
    first, second = book(question("q"), question("gone")), book(question("q"), question("heard"))
    document = compare_files(
        second,
        table({"q": FIVE, "gone": FIVE}),
        table({"q": FIVE, "heard": FIVE}),
        codebook_before=first,
    )
    assert {c["outcome"] for c in document["comparisons"]} == {"q"}
    assert [d["variable"] for d in document["distributions"]] == ["q"]


def test_scales_are_told_with_the_answers_they_need() -> None:
    codebook = book(question("a"), question("b"), scales=[scale("trust", ["a", "b"])])
    document = _document(codebook, {"a": FIVE, "b": FIVE}, {"a": FIVE, "b": FIVE})
    told = document["scales"][0]
    assert (told["id"], told["answers_needed"], told["items"]) == ("trust", 2, ["a", "b"])
    assert told["ends"] == {"en": ["least", "most"]}


def test_a_wave_whose_answers_are_all_alike_gets_no_verdict_on_its_mean() -> None:
    document = _document(book(question("q")), {"q": [1] * 40}, {"q": [3, 4, 5] * 20})
    (mean,) = _found(document, measure="mean")
    assert mean["verdict"] == {
        "not_estimable": "before: every answer is the same, so nothing shows how answers vary"
    }
    assert "rose" not in mean["sentence"]
