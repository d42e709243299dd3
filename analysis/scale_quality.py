"""Can a scale be trusted: do its items hang together, and mean the same to everyone?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from analysis.codebook import Codebook, Scale, Variable
from analysis.dataset import FloatArray, LabelArray, Wave
from analysis.measurement import MeasurementCheck, check_measurement, scale_without
from analysis.plain import plain
from analysis.refusals import NotEstimable
from analysis.reliability import Interval, Reliability, reliability
from analysis.scales import turned_answers
from analysis.sentences import in_language

ComparedBy = Literal["wave", "language", "mode"]
WAVES: Final = ("before", "after")
# Columns that say in which language and by which way an answer sheet came.
PARADATA: Final[tuple[tuple[ComparedBy, str], ...]] = (
    ("language", "paradata.language"),
    ("mode", "paradata.mode"),
)


@dataclass(frozen=True, slots=True)
class Comparability:
    """Two groups compared item by item. `wave`: where they stand, None between the waves."""

    by: ComparedBy
    wave: str | None
    groups: tuple[str, str]
    check: MeasurementCheck | NotEstimable


@dataclass(frozen=True, slots=True)
class ScaleQuality:
    """`flagged`: items that do not mean the same to everyone; `reduced`: the scale without them."""

    scale: Scale
    before: Reliability | NotEstimable
    after: Reliability | NotEstimable
    pooled: Reliability | NotEstimable
    comparability: tuple[Comparability, ...]
    reduced: Scale | NotEstimable | None

    @property
    def flagged(self) -> tuple[str, ...]:
        return _flagged(self.scale, self.comparability)


def scale_quality(before: Wave, after: Wave, scale: Scale, codebook: Codebook) -> ScaleQuality:
    """How well does a scale measure one thing, in both waves, languages and modes?

    `reliability` in each wave and over both; `check_measurement` between the waves, and inside each
    wave between every other language (or mode) and the largest. Unweighted, complete answers.
    Refuses nothing; what cannot be told carries its reason.
    """
    waves = (before, after)
    answers = [turned_answers(wave, scale, codebook) for wave in waves]
    both = np.concatenate(answers)
    labels = np.repeat(np.array(WAVES), [wave.n for wave in waves])
    between_waves = Comparability(
        "wave", None, WAVES, check_measurement(both, labels, WAVES, scale.items)
    )
    inside = (
        comparison
        for name, wave, own in zip(WAVES, waves, answers, strict=True)
        for comparison in _inside(name, wave, own, scale, codebook)
    )
    comparability = (between_waves, *inside)
    flagged = _flagged(scale, comparability)
    return ScaleQuality(
        scale=scale,
        before=reliability(answers[0], scale.items),
        after=reliability(answers[1], scale.items),
        pooled=reliability(both, scale.items),
        comparability=comparability,
        reduced=scale_without(scale, flagged) if flagged else None,
    )


def _inside(
    name: str, wave: Wave, answers: FloatArray, scale: Scale, codebook: Codebook
) -> Iterator[Comparability]:
    for by, column in PARADATA:
        if column not in wave.coded:
            continue
        labels = _labels(wave, codebook.variable(column))
        told, counts = np.unique(labels[labels != ""], return_counts=True)
        if len(told) < 2:  # noqa: PLR2004 - one language differs from none
            continue
        largest = str(told[counts.argmax()])
        for other in map(str, told):
            if other != largest:
                groups = (largest, other)
                check = check_measurement(answers, labels, groups, scale.items)
                yield Comparability(by, name, groups, check)


def _labels(wave: Wave, variable: Variable) -> LabelArray:
    """The words of each respondent's answer, empty where there is none."""
    coded = wave.coded[variable.id]
    valid = [in_language(c.label, "en") for c in variable.categories if not c.is_missing]
    names = valid + [""] * (len(coded.codes) + 1 - coded.n_valid)
    return np.array(names, dtype=np.str_)[coded.index]


def _flagged(scale: Scale, comparability: Sequence[Comparability]) -> tuple[str, ...]:
    """In the scale's own order."""
    found = {
        item
        for comparison in comparability
        if isinstance(comparison.check, MeasurementCheck)
        for item in comparison.check.flagged
    }
    return tuple(item for item in scale.items if item in found)


def quality_section(quality: ScaleQuality) -> dict[str, Any]:
    """As the document has it; Cronbach's alpha under its own name."""
    return {
        "scale": quality.scale.id,
        "waves": {"before": _told(quality.before), "after": _told(quality.after)},
        "pooled": _told(quality.pooled),
        "comparability": [_compared(comparison) for comparison in quality.comparability],
        "flagged": list(quality.flagged),
    }


def _told(found: Reliability | NotEstimable) -> dict[str, Any]:
    if isinstance(found, NotEstimable):
        return {"not_estimable": found.reason}
    return {
        "n": found.n,
        "cronbach": _with_interval(found.cronbach, found.interval),
        "omega": {"not_estimable": found.omega.reason}
        if isinstance(found.omega, NotEstimable)
        else _with_interval(found.omega.omega, found.omega.interval),
        "average_correlation": found.average_correlation,
        "items": [
            {
                "item": item.item,
                "rest_correlation": item.rest_correlation,
                "cronbach_if_dropped": plain(item.cronbach_if_dropped),
            }
            for item in found.items
        ],
        "flags": list(found.flags),
    }


def _with_interval(estimate: float, interval: Interval | NotEstimable) -> dict[str, Any]:
    low, high = (plain(interval),) * 2 if isinstance(interval, NotEstimable) else interval
    return {"estimate": estimate, "ci_low": low, "ci_high": high}


def _compared(comparison: Comparability) -> dict[str, Any]:
    told = {"by": comparison.by, "wave": comparison.wave, "groups": list(comparison.groups)}
    check = comparison.check
    if isinstance(check, NotEstimable):
        return {**told, "check": {"not_estimable": check.reason}}
    items = [
        {
            "item": item.item,
            "log_odds": item.difference.log_odds,
            "r2_change": item.difference.r2_change,
            "p_uniform": item.holm_uniform,
            "p_nonuniform": item.holm_nonuniform,
            "is_flagged": item.is_flagged,
        }
        for item in check.items
    ]
    unchecked = [{"item": item, "not_estimable": why.reason} for item, why in check.unchecked]
    counts = dict(zip(("first", "second"), check.n, strict=True))
    found = {"n": counts, "items": items, "unchecked": unchecked, "words": list(check.words)}
    return {**told, "check": found}
