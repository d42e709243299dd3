"""What other methods say stands as a table under each main outcome, in plain words."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest

from app.reports.page import render_document
from app.reports.reading.parts.other_methods import methods_table
from app.reports.reading.wording import read_wording
from tests.unit.app.reports.documents import released

ENGLISH = read_wording("en")


def _row(**more: Any) -> dict[str, Any]:
    return {
        "method": "m",
        "question": {"en": "Did it?"},
        "reference": "",
        "agrees": True,
        "unit": "outcome",
        "no_change": 0.0,
        "estimate": 0.21,
        "ci_low": 0.1,
        "ci_high": 0.32,
        "statistic": 3.0,
        "df": 100,
        "p": 0.003,
        "n_before": 200,
        "n_after": 200,
        "figures": {},
        "counts": {},
    } | more


def _told(measure: str = "mean", **more: Any) -> tuple[str, ...]:
    document = {"outcome": "q", "measure": measure, "analyses": [_row(**more)]}
    return methods_table(document, ENGLISH).rows[0]


@pytest.mark.parametrize(
    ("measure", "unit", "value", "low", "high"),
    [
        ("mean", "outcome", "+0.21", "+0.10", "+0.32"),
        ("share", "outcome", "+21.0 points", "+10.0", "+32.0"),
        ("mean", "probability", "21%", "10%", "32%"),
        ("mean", "odds", "0.21 times the odds", "0.10 times", "0.32 times"),
        ("mean", "sd", "+0.21 standard deviations", "+0.10", "+0.32"),
        ("mean", "rank", "+21.0 hundredths of the way up", "+10.0", "+32.0"),
    ],
)
def test_each_unit_is_written_in_words(
    measure: str, unit: str, value: str, low: str, high: str
) -> None:
    question, told, interval, p, same = _told(measure, unit=unit)
    assert (question, told, same) == ("Did it?", value, "yes")
    assert low in interval
    assert high in interval
    assert "0.003" in p


def test_a_method_without_an_estimate_has_a_p_alone() -> None:
    nothing = dict.fromkeys(("unit", "estimate", "ci_low", "ci_high"))
    assert _told(**nothing, agrees=False)[1:3] == ("", "")
    assert _told(**nothing, agrees=False)[4] == "no"
    assert _told(p=None)[3] == ""


def test_what_is_not_told_says_why_and_still_whether_it_agrees() -> None:
    head = {key: _row()[key] for key in ("method", "question", "reference")}
    hidden = {**head, "agrees": False, "suppressed": "it would tell of the few"}
    impossible = {**head, "agrees": None, "not_estimable": "nobody is linked"}
    document = {"outcome": "q", "measure": "mean", "analyses": [hidden, impossible]}
    first, second = methods_table(document, ENGLISH).rows
    assert "it would tell of the few" in first[1]
    assert (first[4], second[4]) == ("no", "")
    assert "nobody is linked" in second[1]


def test_the_page_shows_the_methods_under_the_main_outcome_and_the_tag_beside_its_verdict() -> None:
    document = released()
    page = unescape(render_document(document))
    for analysis in document["sensitivity"][0]["analyses"]:
        assert analysis["question"]["en"] in page
    tag = "another way of comparing the same answers says something else"
    assert (tag in page) is any(c["depends_on_method"] for c in document["comparisons"])
    document["comparisons"][0]["depends_on_method"] = True
    assert tag in render_document(document)
