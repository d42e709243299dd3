"""The life of a publication: which act may follow which state. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal, get_args

from app.errors import BadInput, Conflict

PublicationState = Literal["draft", "proposed", "approved", "published", "withdrawn"]
STATES: Final[tuple[PublicationState, ...]] = get_args(PublicationState)
LEAST_REASON: Final = 20
LONGEST_REASON: Final = 1000

_NOW_IT: Final[dict[PublicationState, str]] = {
    "draft": "has not been proposed for publication",
    "proposed": "waits for the approval of a second person",
    "approved": "is approved and can be published",
    "published": "is published",
    "withdrawn": "was withdrawn",
}
_INSTEAD: Final[dict[PublicationState, str]] = {
    "draft": "Propose it first.",
    "proposed": "Let somebody else approve it, or send it back.",
    "approved": "Publish it, or send it back.",
    "published": "Withdraw it if it must not be read any more.",
    "withdrawn": "Compute a new report, and publish that one.",
}


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
        self._require("be proposed", "draft")
        return PublicationLife(state="proposed", parts=parts, proposed_by=by, proposed_on=on)

    def send_back(self) -> PublicationLife:
        """Whatever is chosen next is approved anew."""
        self._require("be sent back", "proposed", "approved")
        return PublicationLife()

    def approve(self, by: str, on: date) -> PublicationLife:
        self._require("be approved", "proposed")
        if by == self.proposed_by:
            raise Conflict(
                "The publication cannot be approved by the person who proposed it. Ask a second "
                "person of the agency or of a partner to read the report, sign in and approve it."
            )
        return replace(self, state="approved", approved_by=by, approved_on=on)

    def approve_alone(self, by: str | None, statement: str, on: date) -> PublicationLife:
        """For an agency of one person: their statement stands where a second person would."""
        self._require("be approved", "proposed")
        told = reason_of(statement, "why nobody else can approve this publication")
        return replace(self, state="approved", approved_by=by, approved_on=on, statement=told)

    def publish(self, on: date) -> PublicationLife:
        self._require("be published", "approved")
        return replace(self, state="published", published_on=on)

    def withdraw(self, because: str, on: date) -> PublicationLife:
        """Nobody can read it any more; what it told stays in the ledger."""
        self._require("be withdrawn", "published")
        told = reason_of(because, "why it is withdrawn, for those who come to read it")
        return replace(self, state="withdrawn", withdrawn_on=on, withdrawn_because=told)

    def _require(self, asked: str, *allowed: PublicationState) -> None:
        if self.state not in allowed:
            raise Conflict(
                f"The report cannot {asked}: it {_NOW_IT[self.state]}. {_INSTEAD[self.state]}"
            )


def reason_of(text: str, what: str) -> str:
    """In words that somebody can judge later."""
    told = text.strip()
    if not LEAST_REASON <= len(told) <= LONGEST_REASON:
        raise BadInput(
            f"Write {what}, in {LEAST_REASON} to {LONGEST_REASON} characters; there are "
            f"{len(told)}."
        )
    return told
