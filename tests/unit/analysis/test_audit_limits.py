"""The release engine where there is little to hide, or nothing left to hide it behind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from analysis.disclosure import release
from analysis.disclosure.audit.answers import Source, tell_answers
from analysis.disclosure.audit.breakdowns import Breakdown, tell_breakdown
from analysis.disclosure.audit.concealed import Concealed
from analysis.disclosure.audit.knowledge import Knowledge
from analysis.disclosure.audit.leaks import Leak, Published, _earlier, conceal
from analysis.disclosure.rules import hidden_base
from analysis.disclosure.tables import TOLD_TOGETHER, Telling, release_people_by_area
from analysis.refusals import Refusal
from analysis.report import compare_files
from tests.unit.analysis.books import book, question, scale, table

SCALE = book(*(question(n) for n in "abcde"), question("g"), scales=[scale("trust", list("abcde"))])


def _documents(**plan: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    rng = np.random.default_rng(4)
    waves = []
    for _ in range(2):
        columns: dict[str, list[int | None]] = {
            name: rng.integers(1, 6, 200).tolist() for name in "abcdeg"
        }
        for place in range(12):  # too few answered of the scale to be nearly complete
            columns["a"][place] = columns["b"][place] = None
        for place in range(12, 17):
            columns["a"][place] = None
        waves.append(table(columns))
    computed = compare_files(SCALE, *waves, plan={"primary": ["trust"], **plan})
    return computed, release(computed)


def test_a_question_without_answers_or_groups_tells_nothing() -> None:
    source = Source(*_documents(), "before", "before")
    known = Knowledge()
    tell_answers(known, source, "unasked")
    tell_breakdown(known, Breakdown(source, "unasked", "trust"))
    assert known.low == {}
    assert known.facts == []


def test_releases_about_other_people_are_not_set_against_each_other() -> None:
    computed, released = _documents()
    own = Source(computed, released, "before", "before")
    same = Published(computed, released, {"before": "before"})
    others = {**computed, "plan": {**computed["plan"], "exclusions": ["somebody"]}}
    assert len(list(_earlier(own, [same]))) == 1
    assert list(_earlier(own, [Published(others, released, {"before": "before"})])) == []
    assert list(_earlier(own, [Published(computed, released, {"after": "before"})])) == []


def test_where_no_step_is_left_every_group_is_hidden_and_then_the_release_withheld() -> None:
    leak, spent = Leak("before", "unasked", "trust"), Concealed(untold=frozenset({"unasked"}))
    computed, released = _documents(subgroups=["g"])
    assert {row[0] for row in conceal(spent, [leak], computed, released).rows} == {"g"}
    with pytest.raises(Refusal, match="must stay hidden"):
        conceal(spent, [leak], *_documents())


def test_two_methods_a_few_people_apart_do_not_both_tell_their_figures() -> None:
    _, released = _documents()
    rows = {row["method"]: row for row in released["sensitivity"][0]["analyses"]}
    pair = [rows["complete_answers"], rows["nearly_complete_answers"]]
    assert ["n_before" in row for row in pair].count(True) == 1
    assert all("agrees" in row for row in pair)


def test_a_high_threshold_leaves_no_window_that_says_how_few() -> None:
    assert hidden_base(25, 25) == {"suppressed": "fewer than 30 answers, too few to report"}
    assert hidden_base(30, 25) is None


def test_areas_whose_table_is_not_told_are_told_together() -> None:
    waves = {name: {"north": 60, "south": 50, "east": 4, "west": 3} for name in ("before", "after")}
    areas = {"variable": "area", "waves": waves}
    told = release_people_by_area(areas, Telling(10, {"before": 117, "after": 117}, Concealed()))
    assert told is not None
    assert told["waves"]["before"]["north"] != TOLD_TOGETHER
    hidden = Telling(10, {"before": 117, "after": 117}, Concealed(untold=frozenset({"area"})))
    withheld = release_people_by_area(areas, hidden)
    assert withheld is not None
    assert set(map(str, withheld["waves"]["before"].values())) == {str(TOLD_TOGETHER)}
