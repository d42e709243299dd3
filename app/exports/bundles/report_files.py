"""What can be had of a report: a line for each, by the names of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from analysis.bundle import Sink
from app.exports.bundles.released import bundle_of_report, released_document
from app.exports.catalogue import REPORT_FORMAT
from app.reports.formats import FORMATS, Format
from app.reports.formats.asked import asked_in
from app.reports.gathering import write_restricted_bundle
from app.reports.reading.wording import LANGUAGES
from app.reports.service import get_report

Write = Callable[[Session, tuple[str, str], str, Sink], object]


def _evidence(session: Session, report: tuple[str, str], _language: str, sink: Sink) -> None:
    write_restricted_bundle(session, *report, sink)


def _public(session: Session, report: tuple[str, str], language: str, sink: Sink) -> None:
    sink.write(bundle_of_report(session, *report, language))


def _as_format(
    kind: Format, session: Session, key: tuple[str, str], language: str, sink: Sink
) -> None:
    """In English where the report does not speak the language of the wave."""
    report = get_report(session, *key)
    facts = asked_in(session, key[0], report.before_wave_id, report.after_wave_id)
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    sink.write(kind.write(released_document(session, *key), facts, spoken))


REPORT_FILES: Final[Mapping[str, Write]] = {
    "evidence_bundle": _evidence,
    "public_bundle": _public,
    **{REPORT_FORMAT.format(name=kind.name): partial(_as_format, kind) for kind in FORMATS},
}
