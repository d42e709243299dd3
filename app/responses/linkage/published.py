"""What the attacks found, kept and published. Each step stands in the agency's audit log.

There is no table of proofs: the log is dated, cannot be altered unnoticed, and is what somebody
who doubts a published proof would ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from app.accounts.audit import newest_facts, note_act
from app.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

PATH: Final = "/anonymity/{agency_id}"
PROVED: Final = "prove anonymity"
PUBLISHED: Final = "publish proof of anonymity"
WITHDRAWN: Final = "withdraw proof of anonymity"


@dataclass(frozen=True, slots=True)
class Proof:
    """Numbers of one run; `best` is the most that any attack placed rightly."""

    on: date
    version: str
    people: int
    best: int
    ledger: int
    sealed_left: int
    codes_left: int
    holds: bool


def keep_proof(session: Session, agency_id: str, proof: Proof) -> None:
    note_act(session, agency_id, None, PROVED, proof.version, _facts(proof))


def newest_proof(session: Session, agency_id: str) -> Proof | None:
    return _read(newest_facts(session, agency_id, (PROVED,)))


def published_proof(session: Session, agency_id: str) -> Proof | None:
    """What stands on the public page: the newest that was published, unless it was withdrawn."""
    return _read(newest_facts(session, agency_id, (PUBLISHED, WITHDRAWN)))


def publish_proof(session: Session, agency_id: str, staff_id: str) -> None:
    proof = newest_proof(session, agency_id)
    if proof is None:
        raise Conflict("anonymity.none_kept")
    if not proof.holds:
        raise Conflict("anonymity.found_somebody")
    note_act(session, agency_id, staff_id, PUBLISHED, proof.version, _facts(proof))


def withdraw_proof(session: Session, agency_id: str, staff_id: str) -> None:
    if published_proof(session, agency_id) is None:
        raise Conflict("anonymity.none_published")
    note_act(session, agency_id, staff_id, WITHDRAWN, "")


def _facts(proof: Proof) -> dict[str, Any]:
    return asdict(proof) | {"on": proof.on.isoformat()}


def _read(facts: Mapping[str, Any] | None) -> Proof | None:
    """A withdrawal has no numbers."""
    return Proof(**{**facts, "on": date.fromisoformat(facts["on"])}) if facts else None
