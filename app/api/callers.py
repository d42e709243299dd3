"""Who calls: each operation names the scope that it asks for, once, for the check and the page."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import Depends
from starlette.requests import Request

from app.accounts.api_tokens import Caller, caller_by
from app.accounts.roles import Duty
from app.api.limits import CallLimits
from app.api.problems import NotSignedIn, OutOfScope, TooManyCalls, refusals
from app.db import Database, SessionDep
from app.web.headers import TOLD

ALWAYS: Final = (400, 401, 429, 503)
_SCHEME: Final = "bearer "


def token_of(request: Request) -> str:
    """Empty when none was sent."""
    sent = request.headers.get("authorization", "")
    return sent[len(_SCHEME) :].strip() if sent[: len(_SCHEME)].lower() == _SCHEME else ""


def _caller(request: Request, session: SessionDep) -> Caller:
    caller = caller_by(session, token_of(request))
    if caller is None:
        raise NotSignedIn
    if not hasattr(request.state, TOLD):  # a call is counted once, however often it is looked up
        _count(request, caller)
    return caller


def _count(request: Request, caller: Caller) -> None:
    limits: CallLimits = request.app.state.call_limits
    allowance = limits.count(f"{caller.agency_id}/{caller.token_id}")
    setattr(request.state, TOLD, allowance.headers())
    if allowance.wait > 0:
        raise TooManyCalls(math.ceil(allowance.wait))


CallerDep = Annotated[Caller, Depends(_caller)]


def _with_scope(scope: Duty) -> Callable[[Caller], None]:
    def check(caller: CallerDep) -> None:
        _refuse_without(scope, caller)

    return check


def _refuse_without(scope: Duty, caller: Caller) -> None:
    if not caller.may(scope):
        raise OutOfScope("api.scope_lacking", scope=scope)


def admit_beforehand(request: Request, scope: Duty) -> Caller:
    """For work that takes long, in a transaction of its own: the call's has not begun yet."""
    database: Database = request.app.state.database
    with database.writing() as session:
        caller = _caller(request, session)
    _refuse_without(scope, caller)
    return caller


def asks(scope: Duty, *refused: int, first: Callable[..., object] | None = None) -> dict[str, Any]:
    """What the decorator of a route takes: who may call it, and which refusals it documents.

    first: what is done before the transaction of the call begins; it admits by itself.
    """
    beforehand = [] if first is None else [Depends(first)]
    return {
        "dependencies": [*beforehand, Depends(_with_scope(scope))],
        "responses": refusals(*ALWAYS, 403, *refused),
        "openapi_extra": {"x-scope": scope},
    }
