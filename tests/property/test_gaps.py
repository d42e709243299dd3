"""Sentences of gaps agree with their numbers in every language, whichever group is named first."""

from __future__ import annotations

import re
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.gaps.closing import closing_of
from analysis.gaps.sentences import WORDS, GapWords, tell_gap
from analysis.narrative import Shown, leaves_zero_out
from analysis.sentences import LANGUAGES
from analysis.verdict import VERDICTS, Evidence, Verdict, verdict_of

SHARE_OF: Final = {"label": dict.fromkeys(LANGUAGES, "“A”")}
GROUPS: Final = {
    "first": {"label": dict.fromkeys(LANGUAGES, "X")},
    "second": {"label": dict.fromkeys(LANGUAGES, "Y")},
}
MIRROR: Final[dict[Verdict, Verdict]] = {
    verdict: other
    for verdict in VERDICTS
    for other in VERDICTS
    if other == verdict.replace("rose", "-").replace("fell", "rose").replace("-", "fell")
}
PLACES: Final = st.sampled_from((-2.2, -1.2, -0.5, 0.0, 0.5, 1.2, 2.2)) | st.floats(-2.5, 2.5)
SIDES: Final = st.tuples(PLACES, PLACES).map(lambda ends: (min(ends), max(ends)))


def _part(estimate: float, half: float) -> dict[str, float]:
    return {
        "estimate": estimate,
        "ci_low": estimate - half,
        "ci_high": estimate + half,
        "ci90_low": estimate - 0.84 * half,
        "ci90_high": estimate + 0.84 * half,
    }


@st.composite
def gaps(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A gap as a document has it, and the comparison of everyone."""
    measure = draw(st.sampled_from(("mean", "share")))
    smallest = draw(st.floats(0.01, 0.2))
    half = draw(st.sampled_from((0.1, 0.4, 0.9, 2.0))) * smallest
    before, change = (_part(draw(PLACES) * smallest, half) for _ in range(2))
    after = _part(before["estimate"] + change["estimate"], half)
    p = draw(st.floats(0, 1))
    ends = change["ci_low"], change["ci_high"]
    verdict = verdict_of(Evidence(ends, (change["ci90_low"], change["ci90_high"]), smallest, p))
    gap: dict[str, Any] = {
        **GROUPS,
        "before": before,
        "after": after,
        "change": {**change, "p_adjusted": p},
        "verdict": verdict,
        "closing": closing_of(verdict, *((g["ci_low"], g["ci_high"]) for g in (before, after))),
        "because": None,
    }
    main = {
        "title": dict.fromkeys(LANGUAGES, "Q"),
        "measure": measure,
        "share_of": SHARE_OF if measure == "share" else None,
        "smallest_change": smallest,
        "before": {"n": 100},
        "after": {"n": 100},
    }
    return gap, main


def _told(gap: dict[str, Any], main: dict[str, Any]) -> dict[str, str]:
    is_held_back = leaves_zero_out(gap["change"])
    return tell_gap(gap, main, "exploratory", Shown(), is_held_back=is_held_back)


def _mirrored(gap: dict[str, Any]) -> dict[str, Any]:
    """The same with the other group named first."""
    turned = dict(gap, first=gap["second"], second=gap["first"], verdict=MIRROR[gap["verdict"]])
    for part in ("before", "after", "change"):
        ends = {"ci_low": "ci_high", "ci_high": "ci_low", "ci90_low": "ci90_high"}
        ends |= {"ci90_high": "ci90_low"}
        of = gap[part]
        turned[part] = {
            name: value if name == "p_adjusted" else -of[ends.get(name, name)]
            for name, value in of.items()
        }
    return turned


@given(st.sampled_from(VERDICTS), SIDES, SIDES)
def test_a_gap_closes_whichever_group_is_named_first(
    verdict: Verdict, before: tuple[float, float], after: tuple[float, float]
) -> None:
    turned = [(-high, -low) for low, high in (before, after)]
    assert closing_of(MIRROR[verdict], *turned) == closing_of(verdict, before, after)


def _pattern(template: str) -> str:
    return ".+?".join(map(re.escape, re.split(r"\{\w+\}", template)))


def _claims(words: GapWords) -> dict[str, str]:
    """Each claim as a pattern, with and without the words for how much."""
    amounts = "|".join(map(_pattern, words.amounts.values()))
    claims = {closing: _pattern(claim) for closing, claim in words.claims.items()}
    return {name: claim + f"(?:{amounts})?" for name, claim in claims.items()} | {
        "held_back": _pattern(words.held_back)
    }


@pytest.mark.parametrize("language", LANGUAGES)
@given(given_gap=gaps())
def test_a_sentence_claims_what_became_of_the_gap_and_nothing_else(
    language: str, given_gap: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    gap, main = given_gap
    words, sentence = WORDS[language], _told(gap, main)[language]
    opening, _, rest = words.whole.partition("{claim}")
    claim = sentence[len(opening.format(title="Q")) : sentence.index(rest.partition("{")[0])]
    said = {name for name, pattern in _claims(words).items() if re.fullmatch(pattern, claim)}
    is_held_back = gap["closing"] == "cannot_tell" and leaves_zero_out(gap["change"])
    assert said == {"held_back" if is_held_back else gap["closing"]}
    matters = words.amounts["by_what_matters"] in claim
    assert matters is gap["verdict"].endswith("_by_what_matters")
    if not said & {"about_the_same", "cannot_tell", "held_back"}:
        assert gap["change"]["p_adjusted"] < 0.05


def _core(claim: str) -> str:
    """The longest run of its own words."""
    return max(re.split(r"\{\w+\}", claim), key=len)


@pytest.mark.parametrize("language", LANGUAGES)
@given(given_gap=gaps())
def test_the_second_group_is_told_higher_or_lower_as_its_numbers_say(
    language: str, given_gap: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    gap, main = given_gap
    words, sentence = WORDS[language], _told(gap, main)[language]
    higher, lower, level = (_core(words.beside[way]) for way in ("higher", "lower", "level"))
    scale = 100 if main["measure"] == "share" else 1
    step = 0.1 if main["measure"] == "share" else 0.01
    for part in ("before", "after"):
        value = scale * gap[part]["estimate"]
        if abs(value) > step:
            assert (higher if value > 0 else lower) in sentence
        elif abs(value) < step / 2 - 1e-9:
            assert level in sentence


@given(given_gap=gaps())
def test_the_other_way_round_a_gap_says_the_same(
    given_gap: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    gap, main = given_gap
    one, other = _told(gap, main)["en"], _told(_mirrored(gap), main)["en"]
    swapped = other.replace("“X”", "“Z”").replace("“Y”", "“X”").replace("“Z”", "“Y”")
    for up, down in ((" up", " down"), (" higher", " lower")):
        swapped = swapped.replace(up, " @").replace(down, up).replace(" @", down)
    assert (
        swapped.partition(": ")[2].split(" (95%")[0].split(". Beside")[-1]
        == one.partition(": ")[2].split(" (95%")[0].split(". Beside")[-1]
    )
