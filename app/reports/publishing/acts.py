"""What staff do with a computed report until anyone may read it, and to take it back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis.codebook import canonical_json
from app import clock
from app.accounts.audit import note_act
from app.accounts.staff import others_who_may
from app.errors import Conflict, NotFound
from app.reports.publishing import store
from app.reports.publishing.ledger import Base
from app.reports.publishing.life import PublicationLife
from app.reports.publishing.parts import PARTS, read_parts, with_parts
from app.reports.publishing.telling import bases_to_tell
from app.reports.service import computed_of, get_report, is_public_id, key_of
from app.reports.tables import Report
from app.tenancy import enter_agency

NO_SECOND_PERSON: Final = "This agency has nobody else who may approve a publication."


@dataclass(frozen=True, slots=True)
class PublishedReport:
    """What anyone may read under an address, or since when and why it is not there any more."""

    released: str
    withdrawn_on: date | None
    withdrawn_because: str | None


def publication_of(session: Session, agency_id: str, report_id: str) -> PublicationLife:
    return store.find_life(session, agency_id, report_id)


def published_report(session: Session, public_id: str) -> PublishedReport:
    found = None
    if is_public_id(public_id):
        agency_id, report_id = key_of(public_id)
        enter_agency(session, agency_id)
        found = store.published_document(session, agency_id, report_id)
    if found is None:
        raise NotFound("reports.nothing_published")
    return PublishedReport(*found)


def told_reports(
    session: Session, agency_id: str, initiative_id: str
) -> list[tuple[Report, PublishedReport]]:
    """All that anyone could ever read of an initiative, the newest first."""
    found = store.publications_of(session, agency_id, initiative_id)
    return [
        (report, PublishedReport(one.document, one.withdrawn_on, one.withdrawn_because))
        for report, one in found
        if one.document
    ]


def propose(
    session: Session, agency_id: str, report_id: str, by: str | None, parts: Iterable[str]
) -> PublicationLife:
    """Choose what is told beside the headline; refused where the ledger would refuse it later."""
    report, life = _found(session, agency_id, report_id)
    life = life.propose(by, read_parts(parts), _today())
    _bases_let_out(session, report, life)
    facts = {"parts": list(life.parts)}
    return _done(session, report, life, by, ("propose publication", facts))


def send_back(session: Session, agency_id: str, report_id: str, by: str | None) -> PublicationLife:
    report, life = _found(session, agency_id, report_id)
    return _done(session, report, life.send_back(), by, ("send publication back", {}))


def approve(session: Session, agency_id: str, report_id: str, by: str) -> PublicationLife:
    report, life = _found(session, agency_id, report_id)
    return _done(session, report, life.approve(by, _today()), by, ("approve publication", {}))


def approve_alone(
    session: Session, agency_id: str, report_id: str, by: str | None, statement: str
) -> PublicationLife:
    """Only where the agency has nobody else who could; the statement stands in the audit log."""
    report, life = _found(session, agency_id, report_id)
    if others_who_may(session, agency_id, by, "approve_reports"):
        raise Conflict("reports.others_may")
    life = life.approve_alone(by, statement, _today())
    act = "approve publication alone", {"statement": life.statement}
    return _done(session, report, life, by, act)


def publish(session: Session, agency_id: str, report_id: str, by: str | None) -> PublicationLife:
    """From now on anyone who has its address can read what was chosen.

    Refused where it would tell of a few people beside what is published; the ledger is written in
    the same transaction.
    """
    report, life = _found(session, agency_id, report_id)
    life = life.publish(_today())
    bases, document = _bases_let_out(session, report, life)
    store.add_bases(session, agency_id, report_id, bases)
    return _done(session, report, life, by, ("publish report", {}), document)


def publish_alone(
    session: Session, agency_id: str, report_id: str, by: str | None, statement: str
) -> PublicationLife:
    """All parts, in one go: at the command line, and by who has approved them all before."""
    life = publication_of(session, agency_id, report_id)
    if life.state == "draft":
        propose(session, agency_id, report_id, by, PARTS)
        life = publication_of(session, agency_id, report_id)
    if life.state == "proposed":
        approve_alone(session, agency_id, report_id, by, statement)
    return publish(session, agency_id, report_id, by)


def withdraw(
    session: Session, agency_id: str, report_id: str, by: str | None, because: str
) -> PublicationLife:
    """Its page says so; the ledger keeps what it told, for whoever read it has it still."""
    report, life = _found(session, agency_id, report_id)
    life = life.withdraw(because, _today())
    act = "withdraw report", {"because": life.withdrawn_because}
    return _done(session, report, life, by, act)


def _found(session: Session, agency_id: str, report_id: str) -> tuple[Report, PublicationLife]:
    report = get_report(session, agency_id, report_id)
    return report, store.lock_life(session, agency_id, report_id)


def _done(
    session: Session,
    report: Report,
    life: PublicationLife,
    by: str | None,
    act: tuple[str, Mapping[str, Any]],
    document: str | None = None,
) -> PublicationLife:
    store.keep_life(session, report.agency_id, report.id, life, document)
    note_act(session, report.agency_id, by, act[0], report.id, act[1])
    return life


def _bases_let_out(
    session: Session, report: Report, life: PublicationLife
) -> tuple[list[Base], str]:
    """The bases and the document of the chosen parts, or Conflict."""
    documents = json.loads(computed_of(report)), json.loads(report.released)
    computed, released = (with_parts(document, life.parts) for document in documents)
    return bases_to_tell(session, report, computed, released), canonical_json(released)


def _today() -> date:
    return clock.now().date()
