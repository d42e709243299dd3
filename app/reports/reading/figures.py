"""Which picture stands for which released numbers. Numbers are placed and written, never made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.reports.charts.answers import Bar, Portion, diverging_bars, tones
from app.reports.charts.change import ChangeWords, change_picture
from app.reports.charts.drawing import Mark, Words
from app.reports.charts.dumbbell import AnswerScale, dumbbell
from app.reports.reading.document import (
    WAVES,
    Category,
    Comparison,
    Distribution,
    categories_of,
    codes_of,
    hidden_reason,
    in_language,
    is_number,
    reads_downwards,
)
from app.reports.reading.wording import Wording
from app.reports.reading.written import HUNDRED, Several, Written

_MOST_TICKS: Final = 7


@dataclass(frozen=True, slots=True)
class Units:
    """How the numbers of one comparison are written: points of a scale, or percent.

    more: decimals beyond the usual, for changes that are small by their nature.
    """

    wording: Wording
    measure: str
    more: int = 0

    @property
    def is_share(self) -> bool:
        return self.measure == "share"

    def level(self, value: float) -> Written:
        if self.is_share:
            return self.wording.share(value * HUNDRED)
        return self.wording.number(value, 2)

    def change(self, value: float) -> Written:
        if self.is_share:
            return self.wording.around(
                "points", self.wording.signed(value * HUNDRED, 1 + self.more), "amount"
            )
        return self.wording.signed(value, 2 + self.more)

    def amount(self, value: float) -> Written:
        if self.is_share:
            return self.wording.around("points", self.wording.number(value * HUNDRED, 1), "amount")
        return self.wording.number(value, 2)

    def interval(self, low: Written, high: Written) -> Several:
        return Several(self.wording("interval", low=low, high=high), low, high)


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing with the words that stand for it where it cannot be seen.

    wide: the same where a whole sheet is there for its letters; for pictures that have many.
    """

    words: Words
    svg: str
    wide: str = ""

    def __html__(self) -> str:
        return self.svg


def level_picture(
    picture_id: str, comparison: Comparison, ends: tuple[str, str], units: Units
) -> Picture | None:
    """Before and after on the whole answer scale; nothing where neither wave can be shown."""
    low, high = comparison["low"], comparison["high"]
    marks = {wave: _level_mark(wave, comparison[wave], units) for wave in WAVES}
    if low is None or high is None or not any(marks.values()):
        return None
    wording = units.wording
    title = in_language(comparison["title"], wording.language)
    said = "; ".join(mark.label for mark in marks.values() if mark)
    words = Words(
        picture_id,
        wording("picture_levels", title=title),
        wording("picture_levels_told", said=said, low=ends[0], high=ends[1]),
        wording.is_right_to_left,
    )
    scale = AnswerScale(low, high, ticks(low, high, units), ends)
    return Picture(words, dumbbell(words, scale, marks["before"], marks["after"]))


def change_of_picture(picture_id: str, comparison: Comparison, units: Units) -> Picture | None:
    change, matters = comparison["change"], comparison["smallest_change"]
    if hidden_reason(change) or not is_number(matters):
        return None
    wording = units.wording
    limits = [units.change(change[key]) for key in ("ci_low", "ci_high")]
    label = f"{units.change(change['estimate'])} ({units.interval(*limits)})"
    band = band_words(matters, units)
    words = Words(
        picture_id,
        wording("picture_change", title=in_language(comparison["title"], wording.language)),
        wording("picture_change_told", said=label, band=band),
        wording.is_right_to_left,
    )
    texts = ChangeWords(wording("lower"), wording("higher"), band)
    mark = Mark(change["estimate"], change["ci_low"], change["ci_high"], label)
    return Picture(words, change_picture(words, mark, matters, texts))


def band_words(matters: float, units: Units) -> str:
    return units.wording("band", amount=units.amount(matters))


def answers_picture(
    picture_id: str, distribution: Distribution, wording: Wording
) -> Picture | None:
    """Favourable answers lie to the right, whichever codes they have."""
    bars = [bar for wave in WAVES if (bar := _bar(wave, distribution, wording))]
    if not bars:
        return None
    title = in_language(distribution["title"], wording.language)
    told = "; ".join(
        f"{bar.name}: " + ", ".join(portion.label for portion in bar.portions) for bar in bars
    )
    words = Words(
        picture_id,
        wording("picture_answers", title=title),
        told,
        wording.is_right_to_left,
    )
    return Picture(words, diverging_bars(words, bars))


def tones_of(distribution: Distribution, categories: Sequence[Category]) -> tuple[str, ...]:
    """One tone a category, given in the order of the picture.

    Where no answer is declared good news none is drawn as good or bad: all lie on one side.
    """
    if not distribution["favourable"]:
        return tones([1] * len(categories))
    codes = codes_of(categories)
    middle = (len(codes) - 1) / 2
    sides = []
    for category in categories:
        ranks = [codes.index(code) for code in category["codes"]]
        side = (min(ranks) > middle) - (max(ranks) < middle)
        sides.append(-side if reads_downwards(distribution) else side)
    return tones(sides)


def in_picture_order(distribution: Distribution, wave: str) -> list[Category]:
    categories = categories_of(distribution, wave)
    return categories[::-1] if reads_downwards(distribution) else categories


def _bar(wave: str, distribution: Distribution, wording: Wording) -> Bar | None:
    categories = in_picture_order(distribution, wave)
    if not categories or not all(is_number(category["share"]) for category in categories):
        return None
    portions = tuple(
        Portion(
            share=category["share"] * HUNDRED,
            label=wording.share(category["share"] * HUNDRED),
            short_label=wording.number(category["share"] * HUNDRED),
            tone=tone,
        )
        for category, tone in zip(categories, tones_of(distribution, categories), strict=True)
    )
    return Bar(wording(wave), portions)


def _level_mark(wave: str, estimate: Mapping[str, Any], units: Units) -> Mark | None:
    if hidden_reason(estimate):
        return None
    low, high = estimate["ci_low"], estimate["ci_high"]
    label = f"{units.wording(wave)} {units.level(estimate['estimate'])}"
    if not (is_number(low) and is_number(high)):
        return Mark(estimate["estimate"], None, None, label)
    limits = units.interval(units.level(low), units.level(high))
    return Mark(estimate["estimate"], low, high, f"{label} ({limits})")


def ticks(low: float, high: float, units: Units) -> tuple[tuple[float, str], ...]:
    if units.is_share:
        quarters = [low + (high - low) * step / 4 for step in range(5)]
        return tuple((value, units.level(value)) for value in quarters)
    steps = round(high - low)
    stride = next((s for s in range(1, steps + 1) if steps % s == 0 and steps / s < _MOST_TICKS), 1)
    return tuple(
        (low + step, units.wording.number(low + step)) for step in range(0, steps + 1, stride)
    )
