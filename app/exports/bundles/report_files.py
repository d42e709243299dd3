"""What can be had of a report: a line for each, by the names of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from app.exports.bundles.released import bundle_of_report, released_document
from app.exports.catalogue import REPORT_FORMAT
from app.reports.computation import restricted_bundle
from app.reports.formats import FORMATS, Format
from app.reports.formats.asked import asked_in
from app.reports.reading.wording import LANGUAGES
from app.reports.service import get_report

Write = Callable[[Session, str, str, str], bytes]


def _evidence(session: Session, agency_id: str, report_id: str, _language: str) -> bytes:
    return restricted_bundle(session, agency_id, report_id)


def _as_format(
    kind: Format, session: Session, agency_id: str, report_id: str, language: str
) -> bytes:
    """In English where the report does not speak the language of the wave."""
    report = get_report(session, agency_id, report_id)
    facts = asked_in(session, agency_id, report.before_wave_id, report.after_wave_id)
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    return kind.write(released_document(session, agency_id, report_id), facts, spoken)


REPORT_FILES: Final[Mapping[str, Write]] = {
    "evidence_bundle": _evidence,
    "public_bundle": bundle_of_report,
    **{REPORT_FORMAT.format(name=kind.name): partial(_as_format, kind) for kind in FORMATS},
}
