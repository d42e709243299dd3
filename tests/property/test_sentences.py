"""Every sentence agrees with its numbers in sign, size and significance, in each language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sentences import LANGUAGES, About, Family, Figures, Grade, Words, tell
from analysis.verdict import Evidence, Verdict, verdict_of
from tests.unit.analysis.test_sentences import ROSE_AND_FELL

TITLE: Final = dict.fromkeys(LANGUAGES, "Q")
ANSWERS: Final = dict.fromkeys(LANGUAGES, "“A”")
# In units of the smallest change that matters: each verdict comes up often.
PLACES: Final = st.sampled_from((-2.2, -1.2, -0.5, 0.0, 0.5, 1.2, 2.2)) | st.floats(-2.5, 2.5)
CHANGES: Final = ("rose", "fell")
UP_AND_DOWN: Final = {
    "en": ("up", "down"),
    "es": ("más", "menos"),
    "ar": ("ارتفاعًا", "انخفاضًا"),
    "vi": ("tăng", "giảm"),
}


@dataclass(frozen=True)
class Told:
    """A comparison, its verdict, and its sentence in one language."""

    figures: Figures
    about: About
    verdict: Verdict
    sentences: dict[str, str]


@st.composite
def told(draw: st.DrawFn) -> Told:
    measure = draw(st.sampled_from(("mean", "share")))
    span = 4.0 if measure == "mean" else 1.0
    smallest = draw(st.floats(0.01, 0.2)) * span
    change = draw(PLACES) * smallest
    half = draw(st.sampled_from((0.1, 0.4, 0.9, 2.0))) * smallest
    p = draw(st.floats(0, 0.0499)) if abs(change) > half else draw(st.floats(0.05, 1))
    p_adjusted = min(1.0, p * draw(st.sampled_from([1, 1, 3, 40])))
    family: Family = draw(st.sampled_from(get_args(Family)))
    before = draw(st.floats(1, 5)) if measure == "mean" else draw(st.floats(0, 1))
    evidence = Evidence(
        ci95=(change - half, change + half),
        ci90=(change - 0.84 * half, change + 0.84 * half),
        smallest_change=smallest,
        holm_p=p_adjusted if family == "primary" else None,
    )
    verdict = verdict_of(evidence)
    figures = Figures(
        measure=measure,
        before=before,
        after=before + change,
        change=change,
        ci_low=change - half,
        ci_high=change + half,
        p=p_adjusted,
        n_before=draw(st.integers(30, 5000)),
        n_after=draw(st.integers(30, 5000)),
        smallest_change=smallest,
        ends=(1.0, 5.0) if measure == "mean" else None,
        is_held_back=abs(change) > half,
    )
    grade: Grade = draw(st.sampled_from(get_args(Grade)))
    about = About(TITLE, ANSWERS, None, family, grade)
    return Told(figures, about, verdict, tell(verdict, figures, about))


def _pattern(template: str, **holes: str) -> re.Pattern[str]:
    """A sentence's template as a pattern: each place takes what these say, or anything."""
    pieces = re.split(r"\{(\w+)\}", template)
    literal = map(re.escape, pieces[::2])
    places = [f"(?P<{name}>{holes.get(name, '.+?')})" for name in pieces[1::2]]
    return re.compile("".join(a + b for a, b in zip(literal, [*places, ""], strict=True)))


def _parts(words: Words, of: Told, sentence: str) -> dict[str, str]:
    """The claim by itself, and every number of the figures as it is written."""
    people = re.escape(words.people[of.about.grade])
    figures = words.figures[of.figures.measure]
    whole = _pattern(words.whole, people=people).fullmatch(sentence)
    assert whole, sentence
    found = _pattern(figures, scale=".*?").fullmatch(whole["figures"])
    assert found, sentence
    return {"claim": whole["claim"], **found.groupdict()}


def _number(words: Words, text: str) -> float:
    """The amount that a text names, without its direction."""
    (digits,) = re.findall(rf"\d+(?:{re.escape(words.decimal)}\d+)?", text)
    return float(digits.replace(words.decimal, "."))


def _signed(words: Words, text: str) -> float:
    amount = _number(words, text)
    ways = UP_AND_DOWN[next(name for name, own in LANGUAGES.items() if own is words)]
    is_up, is_down = (way in text for way in ways)
    assert is_up + is_down == (amount != 0), text
    return -amount if is_down else amount


def _written_in(figures: Figures) -> tuple[float, float]:
    """How many of the unit make 1, and the last place that is written."""
    return (100, 0.1) if figures.measure == "share" else (1, 0.01)


def _is_written(value: float, written: float, figures: Figures) -> bool:
    scale, step = _written_in(figures)
    return abs(scale * value - written) <= step / 2 + 1e-9


@pytest.mark.parametrize("language", LANGUAGES)
@given(of=told())
def test_the_numbers_of_a_sentence_are_those_of_the_comparison(language: str, of: Told) -> None:
    words, figures = LANGUAGES[language], of.figures
    parts = _parts(words, of, of.sentences[language])
    for value, name in ((figures.change, "change"), (figures.ci_low, "low")):
        assert _is_written(value, _signed(words, parts[name]), figures)
    assert _is_written(figures.ci_high, _signed(words, parts["high"]), figures)
    assert _is_written(figures.before, _level(words, parts["before"]), figures)
    assert _is_written(figures.after, _level(words, parts["after"]), figures)
    assert int(_number(words, parts["n_before"])) == figures.n_before
    assert int(_number(words, parts["n_after"])) == figures.n_after


def _level(words: Words, text: str) -> float:
    return -_number(words, text) if text.startswith("-") else _number(words, text)


def _direction(language: str, claim: str) -> str | None:
    """rose or fell as the claim says it; None where it says neither."""
    said = [
        way for way, word in zip(CHANGES, ROSE_AND_FELL[language], strict=True) if word in claim
    ]
    assert len(said) < 2, claim
    return said[0] if said else None


@pytest.mark.parametrize("language", LANGUAGES)
@given(of=told())
def test_a_claim_agrees_with_its_numbers_in_sign_size_and_significance(
    language: str, of: Told
) -> None:
    words, figures = LANGUAGES[language], of.figures
    parts = _parts(words, of, of.sentences[language])
    claim = parts["claim"]
    low, high = _signed(words, parts["low"]), _signed(words, parts["high"])
    direction = _direction(language, _without_bounds(words, of, claim))
    if direction is None:
        return
    assert direction == ("rose" if figures.change > 0 else "fell")
    assert low >= 0 if direction == "rose" else high <= 0
    caution = words.can_be_chance.partition("{claim}")[2]
    is_sure = float(parts["p"].split()[-1].replace(words.decimal, ".")) < 0.05
    assert (caution in claim) is not is_sure or figures.p == pytest.approx(0.05, abs=0.0006)
    scale, step = _written_in(figures)
    smallest = figures.smallest_change * scale
    matters = words.claims[f"{direction}_by_what_matters"].partition("{subject}")[2]
    nearest = low if direction == "rose" else -high
    assert (matters in claim) is (nearest > smallest) or abs(nearest - smallest) <= step / 2


def _without_bounds(words: Words, of: Told, claim: str) -> str:
    """Without what an open claim names as still possible: that is said in ups and downs too."""
    if of.verdict != "cannot_tell":
        return claim
    template = words.held_back if of.figures.is_held_back else words.claims["cannot_tell"]
    found = _pattern(template).fullmatch(claim)
    assert found, claim
    return template


@given(of=told())
def test_every_language_says_the_same(of: Told) -> None:
    said = {
        _direction(language, _without_bounds(words, of, parts["claim"]))
        for language, words in LANGUAGES.items()
        for parts in [_parts(words, of, of.sentences[language])]
    }
    assert len(said) == 1
    assert said == {of.verdict.split("_", maxsplit=1)[0]} or said == {None}
    assert (said == {None}) is (of.verdict in {"cannot_tell", "about_the_same"})
