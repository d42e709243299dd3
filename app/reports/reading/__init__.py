"""A released document as people read it: every sentence, number and picture, in one language.

Made once, and shown by every format. Numbers are written here and nowhere else; none is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.reports.reading.checks.fairness import Fairness, fairness_of
from app.reports.reading.checks.scale_checks import scale_checks_of
from app.reports.reading.checks.weights import Checks, weighting_of
from app.reports.reading.document import (
    WAVES,
    Outcome,
    column_titles,
    in_language,
    outcomes_of,
    told_in,
)
from app.reports.reading.honesty import Honesty, Withheld, honesty_of, wave_name, withheld_of
from app.reports.reading.method import Method, method_of
from app.reports.reading.number_tables import Table, answers_table
from app.reports.reading.panels import Panel, make_panel
from app.reports.reading.parts.areas import Areas, areas_of
from app.reports.reading.parts.course import Course, course_of
from app.reports.reading.parts.groups import Groups, groups_of
from app.reports.reading.parts.other_methods import OtherWays, other_ways_of
from app.reports.reading.shown_instrument import Facts
from app.reports.reading.wording import SOURCE_LANGUAGE, Wording, read_wording

SCHEMA: Final = "rapport.comparison/1"


@dataclass(frozen=True, slots=True)
class CheckedPart:
    """What makes the headline believable, under a heading of its own."""

    id: str
    heading: str
    checks: Checks


@dataclass(frozen=True, slots=True)
class ReportReading:
    """lead: what the plan leads with; waves: none where they say no more than before and after."""

    wording: Wording
    title: str
    kind: str
    is_simulated: bool
    waves: tuple[str, ...]
    lead: tuple[Panel, ...]
    scales: tuple[Panel, ...]
    items: tuple[Panel, ...]
    course: Course | None
    groups: tuple[Groups, ...]
    areas: Areas | None
    other_ways: tuple[OtherWays, ...]
    fair: Fairness
    honesty: Honesty
    who: tuple[tuple[str, Table], ...]
    withheld: tuple[Withheld, ...]
    checked: tuple[CheckedPart, ...]
    method: Method


def read_report(
    document: Mapping[str, Any], language: str = SOURCE_LANGUAGE, facts: Facts | None = None
) -> ReportReading:
    if document["schema"] != SCHEMA or document["document"] != "released":
        raise ValueError("only a released comparison can be shown; this document is none")
    wording = read_wording(language)
    document = told_in(document, wording.language)
    titles = column_titles(document, wording.language)
    outcomes = outcomes_of(document)
    lead, scales, items = _panels(outcomes, titles, wording)
    return ReportReading(
        wording=wording,
        title=_title(document, wording),
        kind=_kind(document, wording),
        is_simulated=bool((document["initiative"] or {}).get("is_simulated")),
        waves=_wave_names(document, wording),
        lead=lead,
        scales=scales,
        items=items,
        course=course_of(document, outcomes, wording),
        groups=groups_of(outcomes, titles, wording),
        areas=areas_of(document, wording),
        other_ways=other_ways_of(document, wording),
        fair=fairness_of(document, wording),
        honesty=honesty_of(document, wording),
        who=_who_answered(document, wording),
        withheld=tuple(withheld_of(document, titles, wording)),
        checked=_checked(document, wording),
        method=method_of(document, facts or Facts(), wording),
    )


def _panels(
    outcomes: Iterable[Outcome], titles: Mapping[str, str], wording: Wording
) -> tuple[tuple[Panel, ...], tuple[Panel, ...], tuple[Panel, ...]]:
    """What the plan leads with, then the other scales, then every question."""
    lead: list[Panel] = []
    scales: list[Panel] = []
    items: list[Panel] = []
    for outcome in outcomes:
        panel = make_panel(outcome, titles, wording)
        place = lead if outcome.is_primary else scales if outcome.scale else items
        place.append(panel)
    return tuple(lead), tuple(scales), tuple(items)


def _wave_names(document: Mapping[str, Any], wording: Wording) -> tuple[str, ...]:
    names = tuple(wave_name(document, wave, wording) for wave in WAVES)
    return () if names == tuple(wording(wave) for wave in WAVES) else names


def _checked(document: Mapping[str, Any], wording: Wording) -> tuple[CheckedPart, ...]:
    found = (
        ("weighting", wording("weighting_heading"), weighting_of(document, wording)),
        ("scale-checks", wording("scale_checks_heading"), scale_checks_of(document, wording)),
    )
    return tuple(CheckedPart(part, heading, checks) for part, heading, checks in found if checks)


def _title(document: Mapping[str, Any], wording: Wording) -> str:
    facts = document["initiative"] or {}
    return in_language(facts.get("title") or document["instrument"]["title"], wording.language)


def _kind(document: Mapping[str, Any], wording: Wording) -> str:
    police = (document["initiative"] or {}).get("police_name")
    if not police:
        return wording("kind_of_page")
    return wording("kind_of_page_by", police=in_language(police, wording.language))


def _who_answered(document: Mapping[str, Any], wording: Wording) -> tuple[tuple[str, Table], ...]:
    """Of the answers of one question that all must hide the same, it is said once."""
    titled = (
        (in_language(distribution["title"], wording.language), answers_table(distribution, wording))
        for distribution in document["distributions"]
        if distribution["role"] == "background"
    )
    return tuple(dict.fromkeys(titled))
