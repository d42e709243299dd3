"""The report as one self-contained page. It reads `released` documents and computes nothing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader

from app.reports.page.fairness import fairness_of
from app.reports.page.honesty import honesty_of, wave_name, withheld_of
from app.reports.page.method import method_of
from app.reports.page.number_tables import Table, answers_table
from app.reports.page.panels import Panel, make_panel
from app.reports.page.parts.areas import areas_of
from app.reports.page.reading import WAVES, column_titles, in_language, outcomes_of, told_in
from app.reports.page.scale_checks import scale_checks_of
from app.reports.page.weights import Checks, weighting_of
from app.reports.page.wording import LANGUAGES, SOURCE_LANGUAGE, Wording, read_wording
from app.web.style import Style, make_style, read_sheet, token_sheet
from app.web.templates import make_environment

SCHEMA: Final = "rapport.comparison/1"
_KEPT_PAGES: Final = 16


@cache
def report_style() -> Style:
    return make_style(token_sheet(), read_sheet("app.reports.page", "report.css"))


@lru_cache(maxsize=_KEPT_PAGES)
def render_report(
    released: str, language: str = SOURCE_LANGUAGE, *, has_address: bool = False
) -> str:
    """A report never changes once released, so the page of a released text is kept.

    has_address: it is read under an address, where the other languages are a link away.
    """
    return render_document(json.loads(released), language, has_address=has_address)


def render_document(
    document: Mapping[str, Any], language: str = SOURCE_LANGUAGE, *, has_address: bool = False
) -> str:
    if document["schema"] != SCHEMA or document["document"] != "released":
        raise ValueError("only a released comparison can be shown; this document is none")
    wording = read_wording(language)
    document = told_in(document, wording.language)
    titles = column_titles(document, wording.language)
    lead, scales, items = _panels(document, titles, wording)
    template = _environment().get_template("reports/report.html")
    return template.render(
        t=wording,
        languages=[read_wording(tag) for tag in LANGUAGES] if has_address else [],
        style=report_style(),
        policy=f"default-src 'none'; img-src data:; style-src {report_style().source}",
        title=_title(document, wording),
        kind=_kind(document, wording),
        is_simulated=bool((document["initiative"] or {}).get("is_simulated")),
        waves=_wave_names(document, wording),
        lead=lead,
        scales=scales,
        items=items,
        areas=areas_of(document, wording),
        fair=fairness_of(document, wording),
        honesty=honesty_of(document, wording),
        who=_who_answered(document, wording),
        withheld=withheld_of(document, titles, wording),
        checked=_checked(document, wording),
        method=method_of(document, wording),
    )


def _panels(
    document: Mapping[str, Any], titles: Mapping[str, str], wording: Wording
) -> tuple[list[Panel], list[Panel], list[Panel]]:
    """What the plan leads with, then the other scales, then every question."""
    lead: list[Panel] = []
    scales: list[Panel] = []
    items: list[Panel] = []
    for outcome in outcomes_of(document):
        panel = make_panel(outcome, titles, wording)
        place = lead if outcome.is_primary else scales if outcome.scale else items
        place.append(panel)
    return lead, scales, items


def _wave_names(document: Mapping[str, Any], wording: Wording) -> list[str]:
    """None where they would say no more than before and after."""
    names = [wave_name(document, wave, wording) for wave in WAVES]
    return [] if names == [wording(wave) for wave in WAVES] else names


def _checked(document: Mapping[str, Any], wording: Wording) -> list[tuple[str, str, Checks | None]]:
    """What makes the headline believable, a section each; an empty one is not shown."""
    return [
        ("weighting", wording("weighting_heading"), weighting_of(document, wording)),
        ("scale-checks", wording("scale_checks_heading"), scale_checks_of(document, wording)),
    ]


def _title(document: Mapping[str, Any], wording: Wording) -> str:
    facts = document["initiative"] or {}
    return in_language(facts.get("title") or document["instrument"]["title"], wording.language)


def _kind(document: Mapping[str, Any], wording: Wording) -> str:
    police = (document["initiative"] or {}).get("police_name")
    if not police:
        return wording("kind_of_page")
    return wording("kind_of_page_by", police=in_language(police, wording.language))


def _who_answered(document: Mapping[str, Any], wording: Wording) -> list[tuple[str, Table]]:
    return [
        (in_language(distribution["title"], wording.language), answers_table(distribution, wording))
        for distribution in document["distributions"]
        if distribution["role"] == "background"
    ]


@cache
def _environment() -> Environment:
    return make_environment({"reports": PackageLoader("app.reports.page")})
