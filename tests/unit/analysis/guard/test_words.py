"""Every finding has words in every language; hidden numbers are never told."""

from __future__ import annotations

import re
from string import Formatter
from typing import Any, Final

import pytest

from analysis.disclosure.findings import release_finding
from analysis.guard.words import LANGUAGES, because_of, read_words, tell_finding
from analysis.narrative import Shown
from tests.unit.analysis.told_bases import plain_bases

ENGLISH: Final = read_words("en")["findings"]
KINDS: Final = [(kind, level) for kind, levels in ENGLISH.items() for level in levels]
EXACT: Final = Shown()


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_tells_the_same_findings_with_the_same_numbers(language: str) -> None:
    theirs = read_words(language)
    assert theirs["status"] == ("original" if language == "en" else "draft")
    assert theirs["findings"].keys() == ENGLISH.keys()
    for kind, level in KINDS:
        ours, other = ENGLISH[kind][level], theirs["findings"][kind][level]
        assert ours.keys() == other.keys(), (kind, level)
        for key, text in ours.items():
            assert _fields(text) == _fields(other[key]), (kind, level, key)
            assert language == "en" or other[key] != text, (kind, level, key)


@pytest.mark.parametrize(("kind", "level"), KINDS)
def test_what_is_said_without_numbers_names_none_and_what_blocks_says_why(
    kind: str, level: str
) -> None:
    entry = ENGLISH[kind][level]
    assert _fields(entry["in_words"]) <= {"title", "answer"}
    assert ("because" in entry) == (level == "blocks")
    assert ("what_to_do" in entry) == (level != "passes")


def _finding(**numbers: Any) -> dict[str, Any]:
    about = {"id": "q", "title": {"en": "Trust?", "es": "¿Confía?"}, "answer": None, "code": None}
    return {"id": "missing_answers", "level": "flags", "about": about, "numbers": numbers}


PART: Final = {"n": 31, "of": 250, "share": 0.1244}


def test_numbers_are_written_as_each_language_writes_them() -> None:
    told = tell_finding(_finding(before=PART, after=PART), EXACT)["reason"]
    assert told["en"].startswith("“Trust?”: no answer from 12.4% of those asked before")
    assert "“¿Confía?”: no respondió el 12,4 % de los" in told["es"]
    assert "12\u066b4\u066a" in told["ar"]
    assert "“Trust?”: 12,4% người" in told["vi"]


def test_a_way_in_is_named_in_each_language() -> None:
    finding = _finding(before=PART, after=PART) | {"id": "recruitment_mix"}
    finding["about"] |= {"answer": {"en": "single-use code"}, "code": 3}
    told = tell_finding(finding, EXACT)["reason"]
    assert "“single-use code”" in told["en"]
    assert "“código de un solo uso”" in told["es"]
    assert "“mã dùng một lần”" in told["vi"]


def test_a_number_that_is_hidden_leaves_the_sentence_without_any() -> None:
    hidden = {"suppressed": "fewer than 10 answers"}
    told = tell_finding(_finding(before=hidden, after=PART), EXACT)["reason"]
    assert told["en"] == "“Trust?”: many gave no answer, or more in one wave than in the other."


@pytest.mark.parametrize(
    ("kind", "level", "numbers", "words"),
    [
        ("few_people", "flags", {"before": {"n": 12}, "after": {"n": 40}}, "12 before and 40"),
        (
            "weights",
            "blocks",
            {w: {"n": 90, "n_eff": 41.4, "deff": 2.174} for w in ("before", "after")},
            "worth 41 equal ones before and 41 after (design effect 2.2 and 2.2)",
        ),
        (
            "uneven_waves",
            "flags",
            {"rate_rose": 0.0114, "rate_fell": 0.0386},
            "a rise 1.1% of the time and a fall 3.9%",
        ),
        (
            "identical_sheets",
            "flags",
            {w: {"n": 9, "expected": 0.25, "p": 0.001} for w in ("before", "after")},
            "9 before (by chance 0.2)",
        ),
    ],
)
def test_every_sort_of_number_is_told(
    kind: str, level: str, numbers: dict[str, Any], words: str
) -> None:
    finding = _finding(**numbers) | {"id": kind, "level": level}
    assert words in tell_finding(finding, EXACT)["reason"]["en"]


def test_reasons_to_give_no_verdict_are_joined() -> None:
    told = because_of(["mode_mix", "weights"])["en"]
    assert told == (
        "people answered in different ways before and after; "
        "the weights are so unequal that a few people speak for all"
    )


def _released(finding: dict[str, Any], **alone: set[int]) -> dict[str, Any]:
    return release_finding(finding, plain_bases(), alone)


def test_released_numbers_are_rounded_and_told_anew() -> None:
    released = _released(_finding(before=PART, after={"n": 58, "of": 233, "share": 0.2489}, p=1e-5))
    assert released["numbers"] == {
        "before": {"n": 30, "of": 250, "share": 0.12},
        "after": {"n": 60, "of": 235, "share": 0.25},
        "p": 0.0,
    }
    assert "12% of those asked before and 25% after" in released["reason"]["en"]


@pytest.mark.parametrize(
    "part",
    [
        {"n": 9, "of": 250, "share": 0.036},
        {"n": 241, "of": 250, "share": 0.964},
        {"n": 12, "of": 29, "share": 0.4},
        {"n": 0, "of": 250, "share": 0.0},
    ],
)
def test_a_part_of_few_or_of_all_but_few_hides_every_number_of_its_finding(
    part: dict[str, Any],
) -> None:
    finding = _finding(before=PART, after=part, p=0.01)
    finding["about"] |= {"answer": {"en": "Yes"}, "code": 1}
    released = _released(finding)
    assert all(number.keys() == {"suppressed"} for number in released["numbers"].values())
    assert not re.search(r"\d", released["reason"]["en"])
    assert released["about"]["answer"] is None
    assert released["level"] == "flags"


def test_an_answer_that_is_told_only_together_with_others_is_not_told_here() -> None:
    finding = _finding(before=PART, after=PART) | {"id": "composition"}
    finding["about"] |= {"answer": {"en": "Young"}, "code": 1}
    assert "Young" in _released(finding, q={1, 2})["reason"]["en"]
    assert "Young" in _released(finding)["reason"]["en"]
    hidden = _released(finding, q={2, 3})
    assert hidden["numbers"]["before"] == {"suppressed": "the answer is told together with others"}
    assert "Young" not in str(hidden)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ({"before": {"n": 412}, "after": {"n": 33}}, {"before": {"n": 410}, "after": {"n": 35}}),
        ({"items": 22}, {"items": 22}),
        ({"rate_rose": 0.01234, "apart": 0.0567}, {"rate_rose": 0.012, "apart": 0.06}),
        ({"before": {"blocks": 18, "even": 12.3}}, {"before": {"blocks": 20, "even": 10}}),
        (
            {"before": {"n": 120, "n_eff": 63.2, "deff": 1.899}},
            {"before": {"n": 120, "n_eff": 65, "deff": 1.9}},
        ),
    ],
)
def test_every_sort_of_number_is_rounded(numbers: dict[str, Any], expected: dict[str, Any]) -> None:
    finding = {"id": "questionnaire", "level": "passes", "about": None, "numbers": numbers}
    assert _released(finding)["numbers"] == expected


def test_few_blocks_are_hidden_as_everywhere() -> None:
    finding = {
        "id": "few_blocks",
        "level": "flags",
        "about": None,
        "numbers": {"before": {"blocks": 4, "even": 3.1}, "after": {"blocks": 30, "even": 28.0}},
    }
    released = _released(finding)
    assert released["numbers"]["before"]["blocks"].keys() == {"suppressed"}
    assert not re.search(r"\d", released["reason"]["en"])
