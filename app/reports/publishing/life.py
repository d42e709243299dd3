"""The life of a publication: which act may follow which state. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, get_args

from app.errors import BadInput, Conflict, Phrase

PublicationState = Literal["draft", "proposed", "approved", "published", "withdrawn"]
STATES: Final[tuple[PublicationState, ...]] = get_args(PublicationState)
LEAST_REASON: Final = 20
LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class PublicationLife:
    """Where a publication stands. Each act returns the life that follows, or raises Conflict.

    parts: what is told beside the headline. Whoever is None acted at the command line. statement:
    why one person published alone.
    """

    state: PublicationState = "draft"
    parts: tuple[str, ...] = ()
    proposed_by: str | None = None
    proposed_on: date | None = None
    approved_by: str | None = None
    approved_on: date | None = None
    statement: str | None = None
    published_on: date | None = None
    withdrawn_on: date | None = None
    withdrawn_because: str | None = None

    def propose(self, by: str | None, parts: tuple[str, ...], on: date) -> PublicationLife:
        self._require("be_proposed", "draft")
        return PublicationLife(state="proposed", parts=parts, proposed_by=by, proposed_on=on)

    def send_back(self) -> PublicationLife:
        """Whatever is chosen next is approved anew."""
        self._require("be_sent_back", "proposed", "approved")
        return PublicationLife()

    def approve(self, by: str, on: date) -> PublicationLife:
        self._require("be_approved", "proposed")
        if by == self.proposed_by:
            raise Conflict("reports.own_proposal")
        return replace(self, state="approved", approved_by=by, approved_on=on)

    def approve_alone(self, by: str | None, statement: str, on: date) -> PublicationLife:
        """For an agency of one person: their statement stands where a second person would."""
        self._require("be_approved", "proposed")
        told = reason_of(statement, "alone")
        return replace(self, state="approved", approved_by=by, approved_on=on, statement=told)

    def publish(self, on: date) -> PublicationLife:
        self._require("be_published", "approved")
        return replace(self, state="published", published_on=on)

    def withdraw(self, because: str, on: date) -> PublicationLife:
        """Nobody can read it any more; what it told stays in the ledger."""
        self._require("be_withdrawn", "published")
        told = reason_of(because, "withdrawn")
        return replace(self, state="withdrawn", withdrawn_on=on, withdrawn_because=told)

    def _require(self, asked: str, *allowed: PublicationState) -> None:
        if self.state not in allowed:
            raise Conflict(
                "reports.cannot",
                asked=Phrase(f"reports.cannot_{asked}"),
                now=Phrase(f"reports.now_{self.state}"),
                instead=Phrase(f"reports.instead_{self.state}"),
            )


def reason_of(text: str, what: str) -> str:
    """In words that somebody can judge later."""
    told = text.strip()
    if not LEAST_REASON <= len(told) <= LONGEST_REASON:
        raise BadInput(
            "reports.reason_length",
            what=Phrase(f"reports.why_{what}"),
            least=LEAST_REASON,
            most=LONGEST_REASON,
            length=len(told),
        )
    return told
