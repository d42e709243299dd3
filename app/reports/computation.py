"""The worker's part: from the responses of two counted waves to a computed and a released document.

Only the worker and the command line import this module: it reaches numpy.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from analysis.bundle import Bundle, read_bundle, write_bundle
from analysis.codebook import CodebookError, canonical_json
from analysis.disclosure import Published, release
from analysis.refusals import Refusal
from analysis.report import compare_bundle
from app import clock
from app.db import Database
from app.errors import BadInput, Conflict
from app.initiatives.fielding import locked_wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.privacy.identifiers import new_id
from app.reports import store
from app.reports.breakdowns.asking import refuse_empty_breakdown
from app.reports.gathering import gather_bundle
from app.reports.publishing.parts import with_parts
from app.reports.publishing.store import add_bases, ever_told
from app.reports.publishing.telling import OtherTold, bases_to_tell, waves_told
from app.reports.refusals import told_refusal
from app.reports.service import computed_of
from app.reports.tables import Report

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

_ATTEMPTS: Final = 3


def compute_now(
    database: Database,
    agency_id: str,
    *,
    before_wave_id: str,
    after_wave_id: str,
    breakdown: Sequence[str] | None = None,
) -> str:
    """Without the queue; returns the id of the report."""
    report_id = new_id()
    waves = {"before_wave_id": before_wave_id, "after_wave_id": after_wave_id}
    compute_report(database, agency_id, report_id, **waves, breakdown=breakdown)
    return report_id


def compute_report(
    database: Database,
    agency_id: str,
    report_id: str,
    *,
    before_wave_id: str,
    after_wave_id: str,
    breakdown: Sequence[str] | None = None,
) -> None:
    """Compare two counted waves and keep both documents. Safe to repeat: the first stands.

    breakdown: the questions by which staff asked to see these waves, in place of the plan's groups.
    """
    for attempt in range(_ATTEMPTS):
        with database.reading() as session:
            if store.find_report(session, agency_id, report_id) is not None:
                return
            bundle = gather_bundle(
                session, agency_id, before_wave_id, after_wave_id, breakdown=breakdown
            )
            pair = before_wave_id, after_wave_id
            waves = waves_told(session, agency_id, pair, bundle.initiative)
            told = ever_told(session, agency_id, list(waves.values()))
        computed = _compare(_pack(bundle))
        released = _release(computed, [_told(report, parts, waves) for report, parts in told])
        report = Report(
            agency_id=agency_id,
            id=report_id,
            before_wave_id=before_wave_id,
            after_wave_id=after_wave_id,
            computed=canonical_json(computed),
            released=canonical_json(released),
            audited_with=[report.id for report, _ in told],
            breakdown=list(breakdown) if breakdown else None,
            created_on=clock.now().date(),
        )
        try:
            _keep(database, report, computed, released)
        except OtherTold:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _keep(
    database: Database, report: Report, computed: Mapping[str, Any], released: Mapping[str, Any]
) -> None:
    """A breakdown is told to who asked for it: so it is written to the ledger here and now."""
    with database.writing() as session:
        if report.breakdown is None:
            _refuse_erased(session, report)
            store.add_report(session, report)
            return
        refuse_empty_breakdown(released)
        bases = bases_to_tell(session, report, computed, released)
        _refuse_erased(session, report)
        store.add_report(session, report)
        add_bases(session, report.agency_id, report.id, bases)


def _refuse_erased(session: Session, report: Report) -> None:
    """Until this transaction ends. What was computed meanwhile would outlive the answers."""
    after = locked_wave(session, report.agency_id, report.after_wave_id)
    if after.state not in HOLDS_RESPONSES:
        raise Conflict("waves.erased")


def _told(report: Report, parts: Sequence[str], waves: Mapping[str, str]) -> Published:
    """What was told, with the names that our waves have in it."""
    theirs = {report.before_wave_id: "before", report.after_wave_id: "after"}
    shared = {name: theirs[wave_id] for name, wave_id in waves.items() if wave_id in theirs}
    documents = json.loads(computed_of(report)), json.loads(report.released)
    computed, released = (with_parts(document, parts) for document in documents)
    return Published(computed, released, shared)


def _release(computed: Mapping[str, Any], published: Sequence[Published]) -> dict[str, Any]:
    try:
        return release(computed, published)
    except Refusal as exc:
        raise Conflict("reports.not_released", why=told_refusal(exc)) from exc


def _pack(bundle: Bundle) -> bytes:
    file = io.BytesIO()
    write_bundle(bundle, file)
    return file.getvalue()


def _compare(packed: bytes) -> dict[str, Any]:
    """Through the bundle as an analyst gets it: what they compute cannot differ from this."""
    try:
        return compare_bundle(read_bundle(io.BytesIO(packed)))
    except (Refusal, CodebookError) as exc:
        raise BadInput("reports.not_compared", why=told_refusal(exc)) from exc
