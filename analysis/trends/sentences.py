"""The words for a course over three and more waves: one entry a language."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from analysis.narrative import Shown
from analysis.phrases import phrase_in
from analysis.sentences import LANGUAGES, Figures, Grade, Numbers, in_language

_HIDDEN: Final = "too few answers, or too imprecise, to report"


@dataclass(frozen=True, slots=True)
class TrendWords:
    """Keys of `claims` are verdicts, of `lines` units: what is said of the straight line.

    status: a draft was read by no second person.
    """

    whole: str
    not_told: str
    claims: Mapping[str, str]
    lines: Mapping[str, str]
    status: Literal["original", "draft"]


def _read() -> dict[str, TrendWords]:
    text = Path(__file__).with_name("words.json").read_text("utf-8")
    return {language: TrendWords(**words) for language, words in json.loads(text).items()}


WORDS: Final[Mapping[str, TrendWords]] = _read()


def tell_trend(entry: Mapping[str, Any], shown: Shown, grade: Grade, unit: str) -> dict[str, str]:
    """What does the course of an outcome say, in every language?

    entry: as it stands in the document, its sentences not yet needed; uses no number that it does
    not show. unit: of the waves' times. Nothing is said of direction or shape: the waves' own
    values stand in the sentence.
    """
    verdict = entry["verdict"]
    told = {}
    for language, words in WORDS.items():
        title = in_language(entry["title"], language)
        if isinstance(verdict, Mapping):
            reason = phrase_in(language, verdict.get("not_estimable", _HIDDEN))
            told[language] = words.not_told.format(title=title, reason=reason)
            continue
        filled = _filled(entry, shown, grade, language)
        slope = entry["slope"]
        line = words.lines.get(unit, words.lines["any"]) if "estimate" in slope else ""
        told[language] = words.whole.format(
            title=title,
            claim=words.claims[verdict].format(**filled),
            line=line.format(**filled),
            **filled,
        )
    return told


def _filled(entry: Mapping[str, Any], shown: Shown, grade: Grade, language: str) -> dict[str, str]:
    words, slope, share_of = LANGUAGES[language], entry["slope"], entry["share_of"]
    number = Numbers(words, _figures(entry, shown, shown.mean_decimals))
    fine = Numbers(words, _figures(entry, shown, shown.mean_decimals + 1))
    waves = entry["waves"]
    counts = "; ".join(str(wave["n"]) for wave in waves)
    told = {
        "subject": words.subject[entry["measure"]].format(
            answers=in_language(share_of["label"], language) if share_of else ""
        ),
        "people": words.people[grade],
        "grade": words.grades[grade],
        "family": words.families[entry["family"]],
        "because": in_language(entry["because"] or {}, language),
        "levels": "; ".join(number.level(wave["estimate"]) for wave in waves),
        "counts": words.about.format(n=counts) if shown.n_is_rounded else counts,
        "scale": number.scale(),
        "p": number.p(entry["omnibus"]["p_adjusted"]),
    }
    if "estimate" in slope:
        told |= {
            "slope": fine.signed(slope["estimate"], words.percentage_points),
            "low": fine.signed(slope["ci_low"], words.points),
            "high": fine.signed(slope["ci_high"], words.points),
        }
    return told


def _figures(entry: Mapping[str, Any], shown: Shown, mean_decimals: int) -> Figures:
    """Only how numbers are written is asked of it here."""
    ends = None if entry["low"] is None else (entry["low"], entry["high"])
    return Figures(
        measure=entry["measure"],
        before=0.0,
        after=0.0,
        change=0.0,
        ci_low=0.0,
        ci_high=0.0,
        p=1.0,
        n_before=0,
        n_after=0,
        smallest_change=0.0,
        ends=ends,
        is_held_back=False,
        percent_decimals=shown.percent_decimals,
        mean_decimals=mean_decimals,
    )
