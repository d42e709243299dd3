"""The report as one self-contained page: the reading of a released document, as HTML."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache, lru_cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader

from app.reports.charts import chart_sheet
from app.reports.reading import ReportReading, read_report
from app.reports.reading.wording import LANGUAGES, SOURCE_LANGUAGE, read_wording
from app.web.style import Style, make_style, read_sheet, token_sheet
from app.web.templates import make_environment

_KEPT_PAGES: Final = 16


@cache
def report_style() -> Style:
    return make_style(token_sheet(), chart_sheet(), read_sheet("app.reports.page", "report.css"))


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
    return render_reading(read_report(document, language), has_address=has_address)


def render_reading(reading: ReportReading, *, has_address: bool = False) -> str:
    template = _environment().get_template("reports/report.html")
    return template.render(
        {field.name: getattr(reading, field.name) for field in fields(reading)},
        t=reading.wording,
        languages=[read_wording(tag) for tag in LANGUAGES] if has_address else [],
        style=report_style(),
        policy=f"default-src 'none'; img-src data:; style-src {report_style().source}",
    )


@cache
def _environment() -> Environment:
    return make_environment({"reports": PackageLoader("app.reports.page")})
