"""The words for a change beside that of a comparison area: one entry a language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from analysis.comparisons.difference_in_differences import AreaComparison
from analysis.narrative import Shown
from analysis.phrases import phrase_in
from analysis.sentences import LANGUAGES, Figures, Numbers, in_language

_HIDDEN: Final = "too few answers, or too imprecise, to report"


@dataclass(frozen=True, slots=True)
class AreaWords:
    """Keys of `claims` are verdicts, of `caveats` those of `compare_areas`.

    status: a draft was read by no second person.
    """

    whole: str
    not_compared: str
    claims: Mapping[str, str]
    held_back: str
    caveats: Mapping[str, str]
    status: Literal["original", "draft"]


def _read() -> dict[str, AreaWords]:
    text = Path(__file__).with_name("words.json").read_text("utf-8")
    return {language: AreaWords(**words) for language, words in json.loads(text).items()}


WORDS: Final[Mapping[str, AreaWords]] = _read()


def caveats_of(found: AreaComparison) -> list[dict[str, str]]:
    """What must be said beside a difference of changes: a text in every language each."""
    return [
        {language: words.caveats[caveat] for language, words in WORDS.items()}
        for caveat in found.caveats
    ]


def tell_difference(
    compared: Mapping[str, Any], shown: Shown, *, is_held_back: bool
) -> dict[str, str]:
    """What does a difference of changes say, in every language?

    compared: an entry of the document's areas, its sentences not yet needed; uses no number that it
    does not show. is_held_back: as in `narrate`.
    """
    verdict = compared["verdict"]
    told = {}
    for language, words in WORDS.items():
        title = in_language(compared["title"], language)
        if isinstance(verdict, Mapping):
            reason = phrase_in(language, verdict.get("not_estimable", _HIDDEN))
            told[language] = words.not_compared.format(title=title, reason=reason)
            continue
        filled = _filled(compared, shown, language)
        held_back = verdict == "cannot_tell" and is_held_back
        claim = words.held_back if held_back else words.claims[verdict]
        told[language] = words.whole.format(title=title, claim=claim.format(**filled), **filled)
    return told


def _filled(compared: Mapping[str, Any], shown: Shown, language: str) -> dict[str, str]:
    words, difference = LANGUAGES[language], compared["difference"]
    number = Numbers(words, _figures(compared, shown))
    share_of = compared["share_of"]
    answers = in_language(share_of["label"], language) if share_of else ""
    return {
        "subject": words.subject[compared["measure"]].format(answers=answers),
        "here": number.signed(compared["main_change"]["estimate"], words.percentage_points),
        "there": number.signed(compared["change"]["estimate"], words.percentage_points),
        "difference": number.signed(difference["estimate"], words.percentage_points),
        "low": number.signed(difference["ci_low"], words.points),
        "high": number.signed(difference["ci_high"], words.points),
        "smallest": number.amount(compared["smallest_change"], words.percentage_points),
        "p": number.p(difference["p_adjusted"]),
        "family": words.families["primary"],
        "because": in_language(compared["because"] or {}, language),
    }


def _figures(compared: Mapping[str, Any], shown: Shown) -> Figures:
    difference = compared["difference"]
    return Figures(
        measure=compared["measure"],
        before=compared["before"]["estimate"],
        after=compared["after"]["estimate"],
        change=difference["estimate"],
        ci_low=difference["ci_low"],
        ci_high=difference["ci_high"],
        p=difference["p_adjusted"],
        n_before=compared["before"]["n"],
        n_after=compared["after"]["n"],
        smallest_change=compared["smallest_change"],
        ends=None,
        is_held_back=False,
        percent_decimals=shown.percent_decimals,
        mean_decimals=shown.mean_decimals,
    )
