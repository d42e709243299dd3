"""Calls that create: sent again with the same Idempotency-Key, they are answered again, not done.

The key is claimed and the reply kept in the transaction of the act itself. What is refused leaves
nothing behind, so that it can be sent again once it is mended.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import Depends, Header
from pydantic import BaseModel
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app import clock
from app.accounts.api_tokens import Caller
from app.accounts.audit import note_act
from app.api import store
from app.api.callers import CallerDep, token_of
from app.api.kept_replies import forget_old_replies
from app.db import SessionDep
from app.deletion.held import Deletion
from app.errors import BadInput, Conflict
from app.privacy.fingerprints import hash_rows
from app.privacy.staff.replies import ReplyUnreadable, keep_reply, open_reply

REPLAYED: Final = "idempotency-replayed"
KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Any word of yours. A call that is sent again with it is answered as the "
        "first time, for 24 hours, and creates nothing more.",
        min_length=1,
        max_length=100,
        pattern=r"^[!-~]+$",
        examples=["5f0c7a52-first-wave"],
    ),
]


async def _hash_of_call(request: Request) -> str:
    body = await request.body()
    return hash_rows([request.method.encode(), request.scope["path"].encode(), body])


@dataclass(frozen=True, slots=True)
class Creating:
    """One creating call: who makes it, in which transaction, under which key."""

    session: Session
    caller: Caller
    token: str
    key: str | None
    call_hash: str

    def once(
        self,
        create: Callable[[], BaseModel],
        status: HTTPStatus = HTTPStatus.CREATED,
    ) -> Response:
        if self.key is None:
            return _reply(_written(create()), status)
        key = self.caller.agency_id, self.caller.token_id, hash_rows([self.key.encode()])
        forget_old_replies(self.session, self.caller.agency_id)
        row = dict(zip(("agency_id", "token_id", "key_hash"), key, strict=True))
        new = row | {"call_hash": self.call_hash, "reply": b"", "made_at": clock.now()}
        if not store.claim_reply(self.session, new):
            return _reply(self._again(key, self.key), status, {REPLAYED: "true"})
        body = _written(create())
        self._keep(key, keep_reply(body, self.token, self.key))
        return _reply(body, status)

    def note(self, act: str, subject: str, facts: dict[str, object] | None = None) -> None:
        note(self.session, self.caller, act, subject, facts)

    def _keep(self, key: store.ReplyKey, sealed: bytes) -> None:
        kept = store.find_reply(self.session, key)
        if kept is None:
            raise LookupError("the claimed key is gone")
        kept.reply = sealed

    def _again(self, key: store.ReplyKey, word: str) -> bytes:
        kept = store.find_reply(self.session, key)
        if kept is None:
            raise Conflict("api.call_undone")
        if kept.call_hash != self.call_hash:
            raise BadInput("api.key_used")
        try:
            return open_reply(kept.reply, self.token, word)
        except ReplyUnreadable:
            raise Conflict("api.reply_unreadable") from None


def note(
    session: Session,
    caller: Caller,
    act: str,
    subject: str,
    facts: dict[str, object] | None = None,
) -> None:
    """In the audit log: whose program it was, and by which token."""
    facts = {**(facts or {}), "token": caller.token_id}
    note_act(session, caller.agency_id, caller.staff_id, act, subject, facts)


def deleted(session: Session, caller: Caller, act: str, subject: str, deletion: Deletion) -> None:
    """In the audit log, with the name that nobody can look up any more."""
    name = next(iter(deletion.name.values()))
    note(session, caller, act, subject, {"name": name})


def _written(made: BaseModel) -> bytes:
    return made.model_dump_json().encode()


def _reply(body: bytes, status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, media_type="application/json")


def _creating(
    request: Request,
    session: SessionDep,
    caller: CallerDep,
    call_hash: Annotated[str, Depends(_hash_of_call)],
    key: KeyHeader = None,
) -> Creating:
    return Creating(session, caller, token_of(request), key, call_hash)


CreatingDep = Annotated[Creating, Depends(_creating)]
