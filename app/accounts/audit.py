"""The audit log: what staff did, in a chain that shows when a row was altered or taken out.

    digest = SHA-256(previous digest, position, moment, who, act, subject, facts)

Whoever may write the whole database can write the chain anew: so its head, the last digest, is
printed and kept by somebody else, and `verify_audit_log` is asked whether the log still holds it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis.codebook import canonical_json
from app import clock
from app.accounts import store
from app.accounts.tables import AuditEntry
from app.errors import NotFound, Phrase
from app.errors.sentences import SOURCE_LANGUAGE
from app.privacy.fingerprints import hash_rows

SHOWN_ACTS: Final = 200
_START: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditHead:
    """How long the log is, and the digest that stands for all of it."""

    entries: int
    digest: str
    holds_kept: bool


@dataclass(frozen=True, slots=True)
class AuditBreak:
    """Where the chain does not hold, and why."""

    position: int
    told: Phrase

    @property
    def reason(self) -> str:
        return self.told.told_in(SOURCE_LANGUAGE)


def note_act(
    session: Session,
    agency_id: str,
    staff_id: str | None,
    act: str,
    subject: str,
    facts: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Belongs into the transaction of the act. `staff_id` None: somebody at the command line."""
    if store.lock_agency(session, agency_id) is None:
        raise NotFound("accounts.no_agency")
    newest = store.newest_audit_entries(session, agency_id, 1)
    last = newest[0] if newest else None
    entry = AuditEntry(
        agency_id=agency_id,
        position=1 if last is None else last.position + 1,
        moment=clock.now(),
        staff_id=staff_id,
        act=act,
        subject=subject,
        facts=dict(facts or {}),
        previous=_START if last is None else last.digest,
    )
    entry.digest = _digest(entry)
    store.add(session, entry)
    return entry


@dataclass(frozen=True, slots=True)
class Act:
    """A line of the log as it is read."""

    moment: datetime
    who: str | None
    act: str
    subject: str


def recent_acts(session: Session, agency_id: str) -> list[Act]:
    """The newest first. Who or what a line names is told by name where it still has one."""
    names = {staff.id: staff.name for staff in store.staff_of(session, agency_id)}
    return [
        Act(
            entry.moment,
            names.get(entry.staff_id, entry.staff_id) if entry.staff_id else None,
            entry.act,
            names.get(entry.subject, entry.subject),
        )
        for entry in store.newest_audit_entries(session, agency_id, SHOWN_ACTS)
    ]


def newest_facts(session: Session, agency_id: str, acts: Collection[str]) -> dict[str, Any] | None:
    """What the newest of these acts noted; None when there was none."""
    entry = store.newest_audit_entry_of(session, agency_id, acts)
    return None if entry is None else entry.facts


def acts_about(session: Session, agency_id: str, subjects: Collection[str]) -> list[Act]:
    """What was done with these things, the first act first. `who` is told by its id."""
    return [
        Act(entry.moment, entry.staff_id, entry.act, entry.subject)
        for entry in store.audit_entries(session, agency_id)
        if entry.subject in subjects
    ]


def verify_audit_log(
    session: Session, agency_id: str, kept_head: str | None = None
) -> AuditHead | AuditBreak:
    """`kept_head`: a digest that somebody kept; a log that was written anew does not hold it."""
    previous, position, holds_kept = _START, 0, False
    for entry in store.audit_entries(session, agency_id):
        position += 1
        if entry.position != position:
            return AuditBreak(position, Phrase("accounts.entry_missing", position=position))
        if entry.previous != previous:
            unchained = Phrase("accounts.entry_unchained", position=position)
            return AuditBreak(position, unchained)
        if entry.digest != _digest(entry):
            return AuditBreak(position, Phrase("accounts.entry_altered", position=position))
        previous = entry.digest
        holds_kept = holds_kept or previous == kept_head
    return AuditHead(position, previous, holds_kept)


def _digest(entry: AuditEntry) -> str:
    return hash_rows(_parts(entry))


def _parts(entry: AuditEntry) -> Iterator[bytes]:
    yield entry.previous.encode()
    yield entry.agency_id.encode()
    yield str(entry.position).encode()
    yield _written(entry.moment).encode()
    yield (entry.staff_id or "").encode()
    yield entry.act.encode()
    yield entry.subject.encode()
    yield canonical_json(entry.facts).encode()


def _written(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")
