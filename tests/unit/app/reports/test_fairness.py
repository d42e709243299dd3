"""The page says whether the comparison is fair, and takes its verdict back where it is not."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from analysis.guard.words import read_words
from app.reports.page import render_document
from app.reports.reading.checks.fairness import fairness_of
from app.reports.reading.wording import LANGUAGES, read_wording
from tests.unit.app.reports.documents import released

ENGLISH: Final = read_wording("en")
OTHERWISE: Final[dict[str, Any]] = {"modes": {"before": ["paper"], "after": ["phone_web"]}}


def _only(document: dict[str, Any], level: str) -> dict[str, Any]:
    return {**document, "findings": [f for f in document["findings"] if f["level"] == level]}


def _plain(text: str) -> str:
    """Without the marks that set words of another direction apart."""
    return text.translate({ord(mark): None for mark in "\u2066\u2068\u2069"})


def _section(page: str) -> str:
    found = re.search(r'<section aria-labelledby="is-fair".*?</section>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_what_was_found_in_order_is_told_when_asked_for() -> None:
    document = _only(released(), "passes")
    fair = fairness_of(document, ENGLISH)
    assert fair.answer == "Nothing was found that stands against it."
    assert fair.lines == ()
    assert "People were invited in the same ways in both waves." in fair.passed
    section = _section(render_document(document))
    assert section.index("<details>") < section.index("People were invited in the same ways")


def test_what_stands_against_it_is_told_with_what_to_do() -> None:
    document = released(languages={"before": ["en"], "after": ["en", "es"]})
    fair = fairness_of(document, ENGLISH)
    assert fair.answer.startswith("With care")
    assert {(line.level, line.label) for line in fair.lines} == {("flags", "Take care.")}
    section = _section(render_document(document))
    assert '<li class="flags"><strong>Take care.</strong> Some languages were offered' in section
    assert "Offer the same languages in both waves." in section


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("found", ["few_people", "uneven_waves"])
def test_nobody_is_told_to_collect_more_answers_in_a_wave_that_is_over(
    found: str, language: str
) -> None:
    told = read_words(language)["findings"][found]["flags"]["what_to_do"]
    counted = released()
    other = {"level": "flags", "about": None, "numbers": {}, "reason": {language: "Why."}}
    counted["findings"] = [{**other, "id": found, "what_to_do": {language: told}}]
    wording = read_wording(language)
    [line] = fairness_of(counted, wording).lines
    assert line.what_to_do == wording(f"fair_over_{found}")
    assert told not in render_document(counted, language)
    of_files = {**counted, "initiative": None}
    [line] = fairness_of(of_files, wording).lines
    assert line.what_to_do == told, "the waves of files may still be open"


def test_a_small_wave_of_ours_names_the_next_one_as_what_can_be_done() -> None:
    told = [line.what_to_do for line in fairness_of(released(people=25), ENGLISH).lines]
    assert any("In the next wave ask more people" in each for each in told)


def test_waves_that_were_made_otherwise_have_no_verdict_anywhere() -> None:
    document = released(**OTHERWISE)
    page = render_document(document)
    blocks = '<li class="blocks"><strong>No verdict.</strong>'
    assert blocks in _section(page)
    assert blocks in page[: page.index('id="reached"')]
    assert '<p class="verdict not_comparable">Not comparable</p>' in page
    for label in ("Rose,", "Rose slightly", "Fell", "About the same", "Cannot tell"):
        assert f">{label}" not in page
    assert "The two waves were made too differently to call that a change." in page
    assert "because people answered in different ways before and after" in page


def _told_of_many(document: dict[str, Any], number: int, **changed: Any) -> dict[str, Any]:
    """The same finding of several questions."""
    [one] = [each for each in document["findings"] if each["id"] == "missing_answers"]
    numbers = one["numbers"] | changed
    many = [
        one | {"about": one["about"] | {"title": {"en": f"Question {place}?"}}, "numbers": numbers}
        for place in range(1, number + 1)
    ]
    return document | {"findings": [e for e in document["findings"] if e is not one] + many}


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_found_of_several_questions_is_one_line_with_the_list(language: str) -> None:
    fair = fairness_of(_told_of_many(released(), 3), read_wording(language))
    [line] = fair.lines
    for place in (1, 2, 3):
        assert _plain(line.reason).count(f"“Question {place}?”") == 1
    assert line.what_to_do


def test_the_list_says_the_shares_and_no_number_that_is_hidden() -> None:
    [line] = fairness_of(_told_of_many(released(), 2), ENGLISH).lines
    assert line.reason == (
        "Many gave no answer, or more in one wave than in the other: “Question 1?” (12% before, "
        "10% after) and “Question 2?” (12% before, 10% after)."
    )
    hidden = {"before": {"suppressed": "few"}}
    [line] = fairness_of(_told_of_many(released(), 2, **hidden), ENGLISH).lines
    assert line.reason.endswith("“Question 1?” and “Question 2?”.")
    [line] = fairness_of(_told_of_many(released(), 1), ENGLISH).lines
    assert "Question 1?" not in line.reason, "one by itself is told as the document tells it"


def test_every_finding_that_can_stand_of_several_questions_has_a_sentence_for_them() -> None:
    words = read_words("en")["findings"]
    of_questions = {
        name
        for name, levels in words.items()
        if any("{title}" in told for told in levels.get("flags", {}).values())
    }
    told = {name for name in words if ENGLISH.knows(f"fair_many_{name}")}
    assert of_questions - told == {"other_questionnaire", "order_changed"}, "these stand once"


def _with_doubts(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    again = {
        "why": "without_doubted_sheets",
        "n_left_out": {"before": 20, "after": 20},
        "agrees": True,
        "comparison": document["comparisons"][0],
    }
    return {**document, "reanalyses": [*document["reanalyses"], {**again, **more}]}


def test_the_headline_without_doubted_sheets_is_told_with_its_interval() -> None:
    (told,) = fairness_of(_with_doubts(released()), ENGLISH).again
    assert "without sheets that were too fast" in told
    assert "95% interval" in told
    assert told.endswith("The verdict stays the same.")


def test_where_few_were_doubted_only_agreement_is_told() -> None:
    document = released()
    hidden = {"suppressed": "fewer than 10 answers", "family": "primary"}
    comparison = {**document["comparisons"][0], "change": hidden}
    (told,) = fairness_of(
        _with_doubts(document, comparison=comparison, agrees=False), ENGLISH
    ).again
    assert not re.search(r"\d\.\d", told)
    assert told.endswith("Read the headline with care.")
