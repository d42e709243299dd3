"""Questions without order: one test of the whole, Holm among the answers, ticks one by one."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy import stats

from analysis.codebook import Codebook, Variable
from analysis.comparisons.contrast import Change
from analysis.comparisons.method import MethodComparison
from analysis.estimates.estimate import Estimate
from analysis.multiplicity import holm
from analysis.questions import ComparedQuestion, questions_of, questions_section
from analysis.refusals import NotEstimable
from tests.unit.analysis.books import book, question
from tests.unit.analysis.fieldworks import compared_of, fieldwork_of


def _options(name: str, *labels: str) -> list[Variable]:
    """The columns of a pick-all question."""
    return [
        Variable(
            id=f"{name}_{label}",
            question=name,
            level="binary",
            role="item",
            text={"en": f"{name}?"},
            categories=question(name, (0, 1), missing=(-1,)).categories,
        )
        for label in labels
    ]


def _book() -> Codebook:
    return book(
        question("who", (1, 2, 3), level="nominal"),
        *_options("ways", "a", "b"),
        question("met", (0, 1), level="binary"),
        question("q"),
        question("town", (1, 2), level="nominal", role="background"),
    )


def _wave(seed: int, n: int = 120) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    return {
        "who": rng.integers(1, 4, n).tolist(),
        "ways_a": rng.integers(0, 2, n).tolist(),
        "ways_b": rng.integers(0, 2, n).tolist(),
        "met": rng.integers(0, 2, n).tolist(),
        "q": rng.integers(1, 6, n).tolist(),
        "town": rng.integers(1, 3, n).tolist(),
        "w": rng.uniform(0.5, 2, n).tolist(),
    }


def _questions(*waves: dict[str, Any], plan: dict[str, Any]) -> dict[str, ComparedQuestion]:
    fieldwork = fieldwork_of(_book(), *waves, plan)
    return {q.question: q for q in questions_of(compared_of(fieldwork), fieldwork)}


WEIGHTED = {"primary": ["q"], "weight": "w"}


def test_nominal_and_pick_all_items_are_questions_and_no_others() -> None:
    found = _questions(_wave(1), _wave(2), plan=WEIGHTED)
    assert {name: q.asked for name, q in found.items()} == {
        "who": "one_answer",
        "ways": "several_answers",
    }
    assert [a.outcome.id for a in found["ways"].answers] == ["ways_a", "ways_b"]
    assert [a.outcome.share_of.codes for a in found["who"].answers if a.outcome.share_of] == [
        (1,),
        (2,),
        (3,),
    ]


def test_answers_are_adjusted_by_holm_within_their_question_alone() -> None:
    fieldwork = fieldwork_of(_book(), _wave(1), _wave(2), WEIGHTED)
    compared = compared_of(fieldwork)
    found = {q.question: q for q in questions_of(compared, fieldwork)}
    for name in ("who", "ways"):
        ids = {a.outcome.id for a in found[name].answers}
        changes = [c.comparison.change for c in compared if c.outcome.id in ids]
        p = [change.p for change in changes if isinstance(change, Change)]
        assert len(p) == len(changes)
        assert [a.p_within for a in found[name].answers] == holm(p)


def test_one_answer_questions_have_a_test_of_the_whole_and_ticks_have_none() -> None:
    found = _questions(_wave(1), _wave(2), plan=WEIGHTED)
    assert found["ways"].tests == ()
    rao, pearson = found["who"].tests
    assert isinstance(rao.found, MethodComparison)
    assert isinstance(pearson.found, NotEstimable)
    assert "weights" in pearson.found.reason


def test_where_every_answer_counts_alike_pearson_stands_beside() -> None:
    waves = [{key: column for key, column in _wave(s).items() if key != "w"} for s in (1, 2)]
    found = _questions(*waves, plan={"primary": ["q"]})
    pearson = found["who"].tests[1].found
    assert isinstance(pearson, MethodComparison)
    counts = [np.bincount(wave["who"])[1:] for wave in waves]
    assert pearson.p == pytest.approx(stats.chi2_contingency(counts, correction=False).pvalue)


def test_a_tick_counts_among_those_who_were_shown_the_question_and_did_not_skip_it() -> None:
    """-3 skipped, -4 not shown, -1 an exclusive "don't know", empty: none of them is a no."""
    unsaid = {"ways_a": [1, 0, -3, -4, -1, None], "ways_b": [0, 1, -3, -4, -1, None]}
    waves = [{**_wave(s, 6), **unsaid} for s in (1, 2)]
    fieldwork = fieldwork_of(_book(), *waves, WEIGHTED)
    ticked = next(c for c in compared_of(fieldwork) if c.outcome.id == "ways_a")
    assert isinstance(ticked.comparison.before, Estimate)
    assert ticked.comparison.before.n == 2


def test_an_answer_that_cannot_be_compared_leaves_the_others_their_holm() -> None:
    waves = [_wave(1), _wave(2)]
    for wave in waves:
        wave["ways_a"] = [0] * 120
    found = _questions(*waves, plan=WEIGHTED)["ways"]
    assert isinstance(found.answers[0].p_within, NotEstimable)
    assert isinstance(found.answers[1].p_within, float)


def test_the_section_is_plain_json() -> None:
    fieldwork = fieldwork_of(_book(), _wave(1), _wave(2), WEIGHTED)
    section = questions_section(questions_of(compared_of(fieldwork), fieldwork))
    json.dumps(section, allow_nan=False)
    who = next(q for q in section if q["question"] == "who")
    assert who["answers"][0]["codes"] == [1]
    assert who["tests"][0]["method"] == "rao_scott"
    assert who["title"] == {"en": "who?"}
    ways = next(q for q in section if q["question"] == "ways")
    assert [a["outcome"] for a in ways["answers"]] == ["ways_a", "ways_b"]
