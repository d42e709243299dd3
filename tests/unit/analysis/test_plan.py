"""Plans: read, defaulted, hashed, and refused with the name that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.plan import read_plan
from analysis.refusals import Refusal
from tests.unit.analysis.books import book, number, question, scale

BOOK = book(
    question("q1"),
    question("q2"),
    question("met", (1, 2), level="binary"),
    question("who", (1, 2, 3), level="nominal"),
    number("years"),
    question("age", (1, 2), role="background"),
    scales=[scale("other", ["q1"]), scale("trust", ["q1", "q2"], is_primary=True)],
)


def test_without_a_plan_the_primary_scale_leads() -> None:
    plan = read_plan(None, BOOK)
    assert (plan.primary, plan.source) == ((("trust", "mean"),), "default")


def test_without_scales_the_first_item_with_one_number_leads() -> None:
    assert read_plan(None, book(question("who", level="nominal"), question("q2"))).primary == (
        ("q2", "mean"),
    )
    assert read_plan(None, book(question("met", (0, 1), level="binary"))).primary == (
        ("met", "share"),
    )
    assert read_plan(None, book(question("who", level="nominal"))).primary == ()


def test_a_plan_names_outcomes_changes_columns_and_groups() -> None:
    plan = read_plan(
        {
            "primary": ["trust", {"outcome": "q1", "measure": "share"}],
            "smallest_change": {"trust": 0.3, "q1": {"mean": 0.4, "share": 0.1}, "met": 0.08},
            "weight": "w",
            "area": "place",
            "subgroups": ["age", "place", "age"],
            "variance": "taylor",
            "suppress_below": 15,
            "lonely_psu": "adjust",
            "level": 0.95,
            "direction": "two_sided",
            "confirmatory_subgroups": ["age"],
            "weighting": {"margins": {"age": {1: 40, 2: 60}}},
            "exclusions": {"met": ["met 2"], "age": [1]},
        },
        BOOK,
    )
    assert plan.primary == (("trust", "mean"), ("q1", "share"))
    assert plan.smallest_changes == {
        ("trust", "mean"): 0.3,
        ("q1", "mean"): 0.4,
        ("q1", "share"): 0.1,
        ("met", "share"): 0.08,
    }
    assert plan.columns.named() == {"weight": "w", "area": "place"}
    assert plan.subgroups == ("age", "place")
    assert (plan.variance, plan.suppress_below, plan.lonely_psu) == ("taylor", 15, "adjust")
    assert plan.confirmatory_subgroups == ("age",)
    assert plan.exclusions == {"met": (2,), "age": (1,)}
    assert plan.weighting is not None
    written = plan.to_dict()
    assert (written["schema"], written["estimand"]) == (
        "rapport.plan/1",
        "change_of_the_population",
    )
    assert read_plan(written, BOOK) == plan
    assert read_plan(json.loads(json.dumps(written)), BOOK).content_hash() == plan.content_hash()


def test_a_plan_without_primary_takes_the_codebooks() -> None:
    assert read_plan({"primary": "q1"}, BOOK).primary == (("q1", "mean"),)
    assert read_plan({}, BOOK).primary == (("trust", "mean"),)
    assert read_plan({}, BOOK).source == "plan"


def test_the_hash_follows_the_content_and_not_the_order_of_keys() -> None:
    one = read_plan({"primary": ["q1"], "weight": "w"}, BOOK).content_hash()
    other = read_plan({"weight": "w", "primary": ["q1"]}, BOOK).content_hash()
    changed = read_plan({"weight": "v", "primary": ["q1"]}, BOOK).content_hash()
    assert one == other != changed


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (["q1"], "must be a mapping"),
        ({"primry": ["q1"]}, "unknown key 'primry'; known keys: primary"),
        ({"primary": ["q9"]}, "unknown outcome 'q9' under primary; the instrument has: other"),
        ({"primary": []}, "names 0 outcomes; name 1 to 3"),
        ({"primary": ["q1", "q2", "years", "trust"]}, "names 4 outcomes"),
        ({"primary": ["q1", "q1"]}, "names 'q1' (mean) twice"),
        ({"primary": [{"measure": "mean"}]}, "must have outcome"),
        ({"primary": [{"outcome": "q1", "how": 1}]}, "must have outcome, and may have measure"),
        (
            {"primary": [{"outcome": "years", "measure": "share"}]},
            "no measure 'share'; it has mean",
        ),
        ({"primary": ["who"]}, "one share a category and cannot lead"),
        ({"primary": ["age"]}, "unknown outcome 'age'"),
        ({"smallest_change": 0.2}, "must map an outcome to an amount"),
        ({"smallest_change": {"q9": 0.2}}, "unknown outcome 'q9' in smallest_change"),
        ({"smallest_change": {"years": {"share": 0.2}}}, "names the measure 'share'"),
        ({"smallest_change": {"q1": 0}}, "is 0; it must be above zero"),
        ({"smallest_change": {"q1": float("inf")}}, "must be above zero"),
        ({"smallest_change": {"q1": "much"}}, "must be a number"),
        ({"smallest_change": {"q1": True}}, "must be a number"),
        ({"smallest_change": {"met": 5}}, "0.05 for 5 percentage points"),
        ({"weight": 3}, "weight is 3; it must be the name of a column"),
        ({"weight": "q1"}, "weight names 'q1', which is a question"),
        ({"variance": "bootstrap"}, "variance 'bootstrap' is not known"),
        ({"sampling": "random"}, "sampling is 'random'; it is 'probability' where everybody had"),
        ({"subgroups": ["years"]}, "unknown subgroup 'years'; choose coded columns"),
        ({"subgroups": "age"}, "must be a list"),
        ({"subgroups": ["age"] * 9}, "at most 8"),
        ({"level": 0.9}, "level is 0.9; it is fixed at 0.95"),
        ({"direction": "one_sided"}, "direction is 'one_sided'; it is fixed at two_sided"),
        ({"estimand": "panel"}, "estimand is 'panel'; it is fixed at change_of_the_population"),
        ({"schema": "rapport.plan/2"}, "schema is 'rapport.plan/2'; it is fixed at rapport.plan/1"),
        ({"confirmatory_subgroups": ["age"]}, "which is not among the subgroups"),
        ({"confirmatory_subgroups": "age"}, "confirmatory_subgroups must be a list of at most 4"),
        ({"confirmatory_subgroups": ["age"] * 5}, "at most 4"),
        ({"weighting": {"margins": {"gender": {1: 1}}}}, "no question 'gender'"),
        ({"exclusions": ["met"]}, "exclusions must map a column to codes"),
        ({"exclusions": {"live": [2]}}, "unknown column 'live' in exclusions; choose coded"),
        ({"exclusions": {"met": 2}}, "exclusions of 'met' must be a list of its codes"),
        ({"exclusions": {"met": []}}, "exclusions of 'met' must be a list of its codes"),
        ({"exclusions": {"met": [3]}}, "exclusions of 'met' name 3; its codes are 1, 2"),
        ({"exclusions": {"met": [2]}, "psu": "block"}, "exclusions together with psu"),
        ({"suppress_below": 5}, "may be raised above 10, never lowered"),
        ({"suppress_below": True}, "never lowered"),
        ({"lonely_psu": "drop"}, "lonely_psu is 'drop'; choose one of: refuse"),
    ],
)
def test_a_plan_that_is_wrong_is_refused_by_name(document: Any, words: str) -> None:
    with pytest.raises(Refusal, match=r"^(plan: |variance )") as refused:
        read_plan(document, BOOK)
    assert words in str(refused.value)
