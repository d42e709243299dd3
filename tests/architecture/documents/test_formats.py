"""Every format that a report can be had as is named where people look for it."""

from __future__ import annotations

from app.reports.page.format_names import FORMAT_NAMES
from tests.architecture.source import ROOT


def test_every_format_stands_on_the_page_of_reports() -> None:
    page = (ROOT / "docs" / "reports.md").read_text("utf-8")
    assert [kind.name for kind in FORMAT_NAMES if f"`.{kind.file_ending}`" not in page] == []
