"""What changed between two questionnaires is told; a main score that is lost blocks."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from analysis.codebook import Codebook, Variable
from analysis.guard.finding import Finding
from analysis.guard.instruments import check_instruments
from tests.unit.analysis.books import book, question, scale
from tests.unit.analysis.guard.pairs import pair_of

ITEMS: Final = tuple(map(question, "abc"))
TRUST: Final = scale("trust", ["a", "b"], is_primary=True)
BEFORE: Final = book(*ITEMS, scales=[TRUST])


def _check(
    before: Codebook,
    after: Codebook,
    plan: dict[str, Any] | None = None,
    initiative: dict[str, Any] | None = None,
) -> list[Finding]:
    waves = [{v.id: [1, 2, 3] for v in form.variables} for form in (before, after)]
    pair = pair_of(waves[0], waves[1], (before, after), plan=plan, initiative=initiative)
    return list(check_instruments(pair))


def _told(findings: list[Finding]) -> list[tuple[str, str, str]]:
    return [(f.id, f.level, f.about.id if f.about else "") for f in findings]


def _changed(variable: Variable) -> Variable:
    return replace(variable, comparability_key=f"{variable.id}/2", text={"en": "Otherwise?"})


def test_the_same_form_twice_passes() -> None:
    assert _told(_check(BEFORE, BEFORE)) == [("questionnaire", "passes", "")]


def test_another_kind_of_wave_of_one_frozen_form_passes() -> None:
    """A follow-up asks more than a baseline; what is compared is the same."""
    before = replace(BEFORE, content_hash="x")
    after = replace(book(*ITEMS, question("d"), scales=[TRUST]), content_hash="x")
    assert _told(_check(before, after)) == [("questionnaire", "passes", "")]


def test_questions_that_changed_came_or_went_are_named_once() -> None:
    ticks = [question(f"m_{i}", (1, 2, 3), level="nominal") for i in (1, 2)]
    several = [replace(tick, question="m") for tick in ticks]
    before = book(ITEMS[0], _changed(ITEMS[1]), ITEMS[2], *several)
    after = book(ITEMS[0], ITEMS[1], question("new"), question("age", role="background"))
    assert _told(_check(before, after)) == [
        ("question_changed", "flags", "b"),
        ("question_gone", "flags", "c"),
        ("question_gone", "flags", "m"),
        ("question_new", "flags", "new"),
    ]


def test_other_options_are_told_apart_from_other_words() -> None:
    fewer = replace(question("b", (1, 2, 3)), comparability_key="b/2")
    after = book(ITEMS[0], fewer, ITEMS[2])
    assert ("options_changed", "flags", "b") in _told(_check(book(*ITEMS), after))


def test_a_translation_in_other_words_is_named_with_its_language() -> None:
    spoken = replace(ITEMS[0], text={"en": "a?", "es": "¿a?", "vi": "a vi?"})
    mended = replace(spoken, text={"en": "a?", "es": "¿A?", "vi": "a vi?"})
    books = [
        replace(book(column, *ITEMS[1:]), languages=("en", "es", "vi"))
        for column in (spoken, mended)
    ]
    (finding,) = _check(*books)
    assert (finding.id, finding.level) == ("translation_changed", "flags")
    assert finding.about is not None
    assert finding.about.answer == {"en": "es"}
    assert _told(_check(books[0], books[0])) == [("questionnaire", "passes", "")]


def test_the_first_question_that_moved_is_named() -> None:
    after = book(ITEMS[0], ITEMS[2], ITEMS[1], scales=[TRUST])
    assert _told(_check(BEFORE, after)) == [("order_changed", "flags", "c")]


def test_another_questionnaire_is_named() -> None:
    after = replace(BEFORE, instrument_id="short", title={"en": "Short"})
    (finding,) = _check(BEFORE, after)
    assert finding.id == "other_questionnaire"
    assert finding.about is not None
    assert finding.about.title == {"en": "Short"}


def test_a_language_of_one_wave_only_is_named() -> None:
    after = replace(BEFORE, languages=("en", "vi"))
    (finding,) = _check(BEFORE, after)
    assert finding.id == "languages_changed"
    assert finding.about is not None
    assert finding.about.answer == {"en": "vi"}


def test_what_the_waves_offered_counts_before_what_the_form_has() -> None:
    offered = {"languages": {"before": ["en"], "after": ["en", "es"]}}
    form = replace(BEFORE, content_hash="x", languages=("en", "es"))
    assert _told(_check(form, form, initiative=offered)) == [
        ("languages_changed", "flags", "languages")
    ]


@pytest.mark.parametrize(("plan", "level"), [(None, "blocks"), ({"primary": ["a"]}, "flags")])
def test_a_main_score_that_is_lost_blocks_unless_a_plan_says_what_leads(
    plan: dict[str, Any] | None, level: str
) -> None:
    after = book(*ITEMS, scales=[scale("trust", ["a", "b", "c"], is_primary=True)])
    assert _told(_check(BEFORE, after, plan)) == [("scale_not_compared", level, "trust")]


def test_another_score_that_is_lost_is_only_flagged() -> None:
    after = book(*ITEMS, scales=[TRUST, scale("more", ["b", "c"])])
    assert _told(_check(BEFORE, after)) == [("scale_not_compared", "flags", "more")]
