"""How the main outcomes moved over all waves, where there are three and more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.reports.reading.document import WAVES, Outcome, hidden_reason, in_language, is_number
from app.reports.reading.ends import ends_of
from app.reports.reading.figures import Picture, Units
from app.reports.reading.number_tables import (
    Table,
    change_and_interval,
    level_cells,
    measure_name,
    p_text,
)
from app.reports.reading.row_figures import course_picture
from app.reports.reading.wording import Wording


@dataclass(frozen=True, slots=True)
class OutcomeCourse:
    id: str
    title: str
    sentences: tuple[str, ...]
    picture: Picture | None
    tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Course:
    """note: why there is none to show, where there is none."""

    note: str
    outcomes: tuple[OutcomeCourse, ...]


def course_of(
    document: Mapping[str, Any], outcomes: Sequence[Outcome], wording: Wording
) -> Course | None:
    """None where the initiative has two waves."""
    section = document["trend"]
    if section is None:
        return None
    reason = hidden_reason(section)
    if reason:
        return Course(wording("not_shown", reason=reason), ())
    names = [_name(wave, wording) for wave in section["waves"]]
    by_id = {outcome.id: outcome for outcome in outcomes}
    told = tuple(_course(t, names, by_id[t["outcome"]], wording) for t in section["trends"])
    return Course("", told)


def _course(
    trend: Mapping[str, Any], names: Sequence[str], outcome: Outcome, wording: Wording
) -> OutcomeCourse:
    units = Units(wording, trend["measure"])
    told = [trend, *trend["contrasts"]]
    sentences = (in_language(part["sentences"], wording.language) for part in told)
    picture_id = f"{outcome.id}-{trend['measure']}-course"
    return OutcomeCourse(
        id=picture_id,
        title=in_language(trend["title"], wording.language),
        sentences=tuple(dict.fromkeys(filter(None, sentences))),
        picture=course_picture(picture_id, trend, names, ends_of(outcome, units), units)
        if trend["waves"]
        else None,
        tables=(_waves_table(trend, names, units), _changes_table(trend, names, units)),
    )


def _waves_table(trend: Mapping[str, Any], names: Sequence[str], units: Units) -> Table:
    wording = units.wording
    rows = tuple(
        (name, *level_cells(estimate, units)[:3])
        for name, estimate in zip(names, trend["waves"], strict=False)
    )
    heading = tuple(wording(key) for key in ("wave", "value", "interval_95", "answers_n"))
    return Table("course", measure_name(trend, wording), heading, rows)


def _changes_table(trend: Mapping[str, Any], names: Sequence[str], units: Units) -> Table:
    wording = units.wording
    rows = tuple(_changes(trend, names, units))
    heading = tuple(wording(key) for key in ("change", "value", "interval_95", "p_value"))
    return Table("course_changes", wording("course_changes"), heading, rows)


def _changes(
    trend: Mapping[str, Any], names: Sequence[str], units: Units
) -> Iterator[tuple[str, ...]]:
    wording = units.wording
    for one in trend["contrasts"]:
        pair = wording("interval", low=names[one["earlier"]], high=names[one["later"]])
        yield pair, *_three(one["change"], units)
    for own in trend["named_contrasts"]:
        yield own["name"], *_three(own["change"], units)
    yield wording("course_slope"), *_three(trend["slope"], replace(units, more=1))
    test = trend["omnibus"]
    reason = hidden_reason(test)
    told = wording("not_shown", reason=reason) if reason else p_text(test["p_adjusted"], wording)
    yield wording("course_any"), "", "", told


def _three(change: Mapping[str, Any], units: Units) -> tuple[str, str, str]:
    """Change, interval, p; a change without a p of its own has none."""
    value, interval = change_and_interval(change, units)
    p = change.get("p_adjusted")
    return value, interval, p_text(p, units.wording) if is_number(p) else ""


def _name(wave: Mapping[str, Any], wording: Wording) -> str:
    label = in_language(wave["label"], wording.language)
    plain = wording(wave["name"]) if wave["name"] in WAVES else label
    return (
        plain if label in {plain, wave["name"]} else wording("wave_name", wave=plain, label=label)
    )
