"""The words for two groups beside each other: one entry a language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from analysis.narrative import Shown
from analysis.phrases import phrase_in
from analysis.sentences import LANGUAGES, Figures, Numbers, in_language

_HIDDEN: Final = "too few answers, or too imprecise, to report"


@dataclass(frozen=True, slots=True)
class GapWords:
    """Keys of `claims` are those of `closing_of`, of `amounts` the ends of verdicts.

    status: a draft was read by no second person.
    """

    whole: str
    not_told: str
    claims: Mapping[str, str]
    held_back: str
    amounts: Mapping[str, str]
    beside: Mapping[str, str]
    families: Mapping[str, str]
    status: Literal["original", "draft"]


def _read() -> dict[str, GapWords]:
    text = Path(__file__).with_name("words.json").read_text("utf-8")
    return {language: GapWords(**words) for language, words in json.loads(text).items()}


WORDS: Final[Mapping[str, GapWords]] = _read()


def tell_gap(
    gap: Mapping[str, Any],
    main: Mapping[str, Any],
    family: str,
    shown: Shown,
    *,
    is_held_back: bool,
) -> dict[str, str]:
    """What does a gap between two groups say, in every language?

    gap: an entry of the document, its sentences not yet needed; uses no number that it does not
    show. main: the comparison of everyone, for its title, measure and the smallest change that
    matters. is_held_back: as in `narrate`.
    """
    told = {}
    for language, words in WORDS.items():
        names = {
            "title": in_language(main["title"], language),
            **{place: in_language(gap[place]["label"], language) for place in ("first", "second")},
        }
        verdict = gap["verdict"]
        if isinstance(verdict, Mapping):
            reason = phrase_in(language, verdict.get("not_estimable", _HIDDEN))
            told[language] = words.not_told.format(**names, reason=reason)
            continue
        filled = {**names, **_filled(gap, main, shown, language)}
        claim = _claim(words, gap, is_held_back=is_held_back).format(**filled)
        family_told = words.families[family]
        told[language] = words.whole.format(claim=claim, family=family_told, **filled)
    return told


def _claim(words: GapWords, gap: Mapping[str, Any], *, is_held_back: bool) -> str:
    closing, verdict = gap["closing"], gap["verdict"]
    if closing == "cannot_tell" and is_held_back:
        return words.held_back
    _, _, amount = verdict.partition("_")  # rose_slightly: by how much
    return words.claims[closing] + words.amounts.get(amount, "")


def _filled(
    gap: Mapping[str, Any], main: Mapping[str, Any], shown: Shown, language: str
) -> dict[str, str]:
    words, own, change = LANGUAGES[language], WORDS[language], gap["change"]
    number = Numbers(words, _figures(gap, main, shown))
    share_of = main["share_of"]
    answers = in_language(share_of["label"], language) if share_of else ""
    return {
        "subject": words.subject[main["measure"]].format(answers=answers),
        "before": _beside(own, number, gap["before"]["estimate"]),
        "after": _beside(own, number, gap["after"]["estimate"]),
        "change": number.signed(change["estimate"], words.percentage_points),
        "low": number.signed(change["ci_low"], words.points),
        "high": number.signed(change["ci_high"], words.points),
        "smallest": number.amount(main["smallest_change"], words.percentage_points),
        "p": number.p(change["p_adjusted"]),
        "because": in_language(gap["because"] or {}, language),
    }


def _beside(own: GapWords, number: Numbers, value: float) -> str:
    """Higher or lower, but for what is written as zero."""
    amount = number.distance(abs(value), number.words.percentage_points)
    if not any(digit in "123456789" for digit in amount):
        return own.beside["level"]
    return own.beside["higher" if value > 0 else "lower"].format(amount=amount)


def _figures(gap: Mapping[str, Any], main: Mapping[str, Any], shown: Shown) -> Figures:
    change = gap["change"]
    return Figures(
        measure=main["measure"],
        before=gap["before"]["estimate"],
        after=gap["after"]["estimate"],
        change=change["estimate"],
        ci_low=change["ci_low"],
        ci_high=change["ci_high"],
        p=change["p_adjusted"],
        n_before=main["before"]["n"],
        n_after=main["after"]["n"],
        smallest_change=main["smallest_change"],
        ends=None,
        is_held_back=False,
        percent_decimals=shown.percent_decimals,
        mean_decimals=shown.mean_decimals,
    )
