"""A wave that was taken elsewhere is told, in every language, and takes no verdict by itself."""

from __future__ import annotations

from dataclasses import replace

from analysis.guard.samples.elsewhere import check_elsewhere
from analysis.guard.words import LANGUAGES, tell_finding
from analysis.narrative import Shown
from tests.unit.analysis.books import book, question
from tests.unit.analysis.guard.pairs import pair_of

PAIR = pair_of({"q": [1, 2, 3]}, {"q": [2, 3, 4]}, book(question("q")))


def test_a_wave_that_was_taken_elsewhere_is_flagged_once() -> None:
    told = {"elsewhere": {"before": {"tool": "LimeSurvey"}}}
    (found,) = check_elsewhere(replace(PAIR, initiative=told))
    assert (found.id, found.level) == ("taken_elsewhere", "flags")
    document = {"id": found.id, "level": found.level, "about": None, "numbers": {}}
    reasons = tell_finding(document, Shown())["reason"]
    assert "brought in from a file" in reasons["en"]
    assert len({reasons[language] for language in LANGUAGES}) == len(LANGUAGES)


def test_waves_that_were_taken_here_are_not() -> None:
    assert list(check_elsewhere(replace(PAIR, initiative={"elsewhere": {}}))) == []
    assert list(check_elsewhere(PAIR)) == []
