"""What is said of a change: both n, the interval before p, and never more than is known."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any, Final, get_args

import pytest

from analysis.sentences import LANGUAGES, About, Figures, Grade, in_language, tell, tell_reason
from analysis.verdict import VERDICTS, Verdict

FIGURES: Final = Figures(
    measure="mean",
    before=3.1443,
    after=3.4328,
    change=0.2886,
    ci_low=0.1214,
    ci_high=0.4557,
    p=0.0007646,
    n_before=180,
    n_after=165,
    smallest_change=0.2,
    ends=(1.0, 5.0),
    is_held_back=False,
)
SHARE: Final = replace(
    FIGURES,
    measure="share",
    before=0.25,
    after=0.3975,
    change=0.1475,
    ci_low=-0.0004,
    ci_high=0.2445,
    p=0.0512,
    smallest_change=0.05,
    ends=None,
)
ABOUT: Final = About({"en": "Trust"}, {}, None, "primary", "C")
FORBIDDEN: Final = {
    "en": ("significant", "no effect", "no change", "caused", "because of", "trend"),
    "es": ("significativ", "sin efecto", "ningún cambio", "causó", "debido a", "tendencia"),
    "ar": ("دلالة", "لا أثر", "لا تغيّر", "بسبب", "اتجاه"),
    "vi": ("đáng kể", "không có tác dụng", "không thay đổi", "gây ra", "nhờ", "xu hướng"),
}
ROSE_AND_FELL: Final = {
    "en": ("rose", "fell"),
    "es": ("subió", "bajó"),
    "ar": ("ارتفع", "انخفض"),
    "vi": ("tăng", "giảm"),
}


def test_a_rise_in_a_mean_is_told_with_interval_p_and_both_n() -> None:
    assert tell("rose_maybe_less", FIGURES, ABOUT)["en"] == (
        "“Trust”: among the people who answered, the average answer rose; it may be by less than "
        "the smallest change that matters (0.20). 3.14 before and 3.43 after on a scale from 1 to "
        "5: 0.29 up (95% interval 0.12 up to 0.46 up; p < 0.001, main outcome; 180 answers before, "
        "165 after; grade C, not a probability sample)."
    )


def test_a_share_is_told_in_percent_and_its_change_in_points() -> None:
    about = replace(ABOUT, answers={"en": "“A lot”"}, family="exploratory")
    assert tell("cannot_tell", SHARE, about)["en"] == (
        "“Trust”: among the people who answered, we cannot tell whether the share answering "
        "“A lot” changed: the answers fit anything from 0.0 points to 24.4 points up. 25.0% before "
        "and 39.8% after: 14.8 percentage points up (95% interval 0.0 points to 24.4 points up; "
        "p = 0.051, exploratory, adjusted for the number of tests; 180 answers before, 165 after; "
        "grade C, not a probability sample)."
    )


def test_a_primary_change_that_only_holm_forbids_says_so() -> None:
    held_back = replace(FIGURES, is_held_back=True)
    told = tell("cannot_tell", held_back, ABOUT)["en"]
    assert "taken alone the answers fit 0.12 up to 0.46 up" in told


def test_an_exploratory_change_whose_adjusted_p_is_large_carries_the_caution() -> None:
    exploratory = replace(ABOUT, family="exploratory")
    caution = "among so many comparisons one like this can be chance"
    for p, is_cautious in ((0.049, False), (0.05, True)):
        told = tell("rose_slightly", replace(FIGURES, p=p), exploratory)["en"]
        assert (caution in told) is is_cautious
    assert caution not in tell("about_the_same", replace(FIGURES, p=0.9), exploratory)["en"]


def test_a_group_is_named() -> None:
    about = replace(ABOUT, group={"en": "55 or over"}, family="subgroups")
    told = tell("rose_maybe_less", FIGURES, about)["en"]
    assert "among the people who answered in the group “55 or over”, the average" in told


def test_rounded_bases_are_told_as_about() -> None:
    told = tell("rose_maybe_less", replace(FIGURES, n_is_rounded=True), ABOUT)["en"]
    assert "about 180 answers before, about 165 after" in told


def test_a_comparison_that_cannot_be_made_gives_its_reason() -> None:
    told = tell_reason("before: no answer", title={"es": "Confianza"})["en"]
    assert told == "“Confianza”: before and after cannot be compared (before: no answer)."


@pytest.mark.parametrize("verdict", VERDICTS)
@pytest.mark.parametrize("grade", get_args(Grade))
@pytest.mark.parametrize("figures", [FIGURES, SHARE], ids=["mean", "share"])
def test_no_sentence_overclaims(verdict: Verdict, grade: Grade, figures: Figures) -> None:
    about = replace(ABOUT, grade=grade, because={"en": "people were reached otherwise"})
    for language, told in tell(verdict, figures, about).items():
        for forbidden in FORBIDDEN[language]:
            assert forbidden not in told.lower()
        words = LANGUAGES[language]
        assert words.people[grade] in told
        assert words.grades[grade] in told
        assert "180" in told
        assert "165" in told
        assert re.search(r"95 ?% .*[;؛] p [=<] 0", told)
    english = tell(verdict, figures, about)["en"]
    assert ("residents" in english) is (grade != "C")
    assert f"grade {grade}" in english


@pytest.mark.parametrize("language", LANGUAGES)
def test_rises_and_falls_are_told_in_the_same_words(language: str) -> None:
    rose, fell = ROSE_AND_FELL[language]
    claims = LANGUAGES[language].claims
    for verdict in (v for v in claims if v.startswith("rose")):
        assert rose in claims[verdict]
        assert claims[verdict.replace("rose", "fell")] == claims[verdict].replace(rose, fell)


def test_waves_that_are_not_comparable_are_told_with_the_reason_and_without_a_verdict() -> None:
    because = {"en": "people were invited in different ways before and after"}
    told = tell("not_comparable", FIGURES, replace(ABOUT, because=because))["en"]
    assert told.startswith(
        "“Trust”: among the people who answered, the difference in the average answer is not "
        "called a change, because people were invited in different ways before and after. 3.14"
    )
    for word in ("rose", "fell"):
        assert word not in told


def test_translations_are_marked_as_drafts_and_keep_every_place() -> None:
    english = asdict(LANGUAGES["en"])
    for language, words in LANGUAGES.items():
        assert words.status == ("original" if language == "en" else "draft")
        theirs = asdict(words)
        assert _places(theirs) == _places(english), language


def _places(words: dict[str, Any]) -> dict[str, set[str]]:
    flat: dict[str, str] = {}
    for key, text in words.items():
        flat |= (
            {f"{key} {k}": t for k, t in text.items()} if isinstance(text, dict) else {key: text}
        )
    return {key: set(re.findall(r"{\w+}", text)) for key, text in flat.items()}


def test_every_language_has_words_for_every_verdict() -> None:
    for words in LANGUAGES.values():
        assert set(words.claims) == set(VERDICTS)


def test_words_of_another_direction_are_set_apart_in_a_sentence() -> None:
    english = {"en": "Do police act lawfully?"}
    assert in_language(english, "ar") == "\u2068Do police act lawfully?\u2069"
    assert in_language({"ar": "ثقة"}, "en") == "\u2068ثقة\u2069"
    assert in_language(english, "es") == english["en"]
    assert in_language({**english, "ar": "ثقة"}, "ar") == "ثقة"
    assert in_language({"en": ""}, "ar") == ""
    assert in_language({}, "ar") == ""
