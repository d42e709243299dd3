"""Pictures of rows: groups, waves, and ways of comparing. Numbers are placed, never made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from app.reports.charts.change import ChangeWords
from app.reports.charts.course import course
from app.reports.charts.drawing import NARROWEST, SHEET, Words
from app.reports.charts.dumbbell import AnswerScale
from app.reports.charts.groups import group_rows
from app.reports.charts.methods import method_rows
from app.reports.charts.strips import Strip, StripMark
from app.reports.reading.document import WAVES, Comparison, hidden_reason, in_language, is_number
from app.reports.reading.figures import Picture, Units, band_words, ticks
from app.reports.reading.wording import Wording

_LISTED: Final = "; "


def groups_picture(
    picture_id: str, comparisons: Sequence[Comparison], ends: tuple[str, str], units: Units
) -> Picture | None:
    """Before and after in each group; a hidden one keeps its row and says why."""
    wording = units.wording
    rows = [
        Strip(in_language(one["group"]["label"], wording.language), *_both_waves(one, units))
        for one in comparisons
    ]
    first = comparisons[0]
    title = in_language(first["title"], wording.language)
    named = wording("picture_groups", title=title)
    return _on_the_scale(
        group_rows, _words(picture_id, named, rows, wording), first, ends, rows, units
    )


def course_picture(
    picture_id: str,
    trend: Mapping[str, Any],
    names: Sequence[str],
    ends: tuple[str, str],
    units: Units,
) -> Picture | None:
    wording = units.wording
    rows = [
        Strip(name, *_one_wave(estimate, "after", units))
        for name, estimate in zip(names, trend["waves"], strict=True)
    ]
    named = wording("picture_course", title=in_language(trend["title"], wording.language))
    return _on_the_scale(course, _words(picture_id, named, rows, wording), trend, ends, rows, units)


def methods_picture(
    picture_id: str,
    comparison: Comparison,
    analyses: Iterable[Mapping[str, Any]],
    units: Units,
    told: Callable[[Mapping[str, Any]], str],
) -> Picture | None:
    """The report's own way first. A way that finds no change of this unit is told in words."""
    wording, change, matters = units.wording, comparison["change"], comparison["smallest_change"]
    if hidden_reason(change) or not is_number(matters):
        return None
    own = Strip(wording("this_report"), change_told(change, units), (_mark("after", change),))
    others = [
        Strip(in_language(one["question"], wording.language), told(one), _own_unit(one))
        for one in analyses
    ]
    rows = [own, *others]
    title = in_language(comparison["title"], wording.language)
    words = _words(picture_id, wording("picture_methods", title=title), rows, wording)
    texts = ChangeWords(wording("lower"), wording("higher"), band_words(matters, units))
    return Picture(
        words,
        method_rows(words, matters, texts, rows),
        method_rows(words, matters, texts, rows, SHEET),
    )


def change_told(change: Mapping[str, Any], units: Units) -> str:
    limits = units.interval(units.change(change["ci_low"]), units.change(change["ci_high"]))
    return f"{units.change(change['estimate'])} ({limits})"


def _on_the_scale(
    draw: Callable[[Words, AnswerScale, Sequence[Strip], int], str],
    words: Words,
    part: Mapping[str, Any],
    ends: tuple[str, str],
    rows: Sequence[Strip],
    units: Units,
) -> Picture | None:
    low, high = part["low"], part["high"]
    if low is None or high is None or not any(row.marks for row in rows):
        return None
    scale = AnswerScale(low, high, ticks(low, high, units), ends)
    return Picture(words, draw(words, scale, rows, NARROWEST), draw(words, scale, rows, SHEET))


def _words(picture_id: str, title: str, rows: Iterable[Strip], wording: Wording) -> Words:
    told = _LISTED.join(f"{row.name}: {row.told}" for row in rows)
    return Words(picture_id, title, told, wording.is_right_to_left)


def _both_waves(comparison: Comparison, units: Units) -> tuple[str, tuple[StripMark, ...]]:
    waves = [_one_wave(comparison[wave], wave, units) for wave in WAVES]
    told = (f"{units.wording(wave)} {text}" for wave, (text, _) in zip(WAVES, waves, strict=True))
    return _LISTED.join(told), tuple(mark for _, marks in waves for mark in marks)


def _one_wave(
    estimate: Mapping[str, Any], look: str, units: Units
) -> tuple[str, tuple[StripMark, ...]]:
    reason = hidden_reason(estimate)
    if reason:
        return units.wording("not_shown", reason=reason), ()
    low, high = estimate["ci_low"], estimate["ci_high"]
    level = units.level(estimate["estimate"])
    if not (is_number(low) and is_number(high)):
        return level, (StripMark(look, estimate["estimate"], None, None),)
    limits = units.interval(units.level(low), units.level(high))
    return f"{level} ({limits})", (_mark(look, estimate),)


def _own_unit(analysis: Mapping[str, Any]) -> tuple[StripMark, ...]:
    if hidden_reason(analysis) or analysis["unit"] != "outcome" or analysis["estimate"] is None:
        return ()
    return (_mark("other", analysis),)


def _mark(look: str, numbers: Mapping[str, Any]) -> StripMark:
    low, high = numbers["ci_low"], numbers["ci_high"]
    has_interval = is_number(low) and is_number(high)
    return StripMark(
        look, numbers["estimate"], low if has_interval else None, high if has_interval else None
    )
