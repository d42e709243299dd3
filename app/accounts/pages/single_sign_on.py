"""To the identity provider and back: no form of ours, no password, one cookie meanwhile."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from app import clock
from app.accounts.pages.doors import (
    SIGN_IN,
    FormDep,
    StaffManagerDep,
    cookie_name,
    keep_in_browser,
    see_other,
    typed,
    way_on,
)
from app.accounts.pages.rendering import locale_for, staff_page
from app.accounts.single_sign_on import allow_joining_by_email, enter, join, unlink
from app.accounts.single_sign_on.provider import CALLBACK, IdentityProvider, NotProven
from app.db import SessionDep
from app.errors import AppError, NotFound
from app.privacy.single_sign_on.attempts import (
    LASTS,
    Attempt,
    new_attempt,
    open_attempt,
    seal_attempt,
)
from app.privacy.single_sign_on.id_token import Identity
from app.privacy.staff.tokens import read_staff_token
from app.privacy.web_keys import WebKeyStore

START: Final = "/staff/oidc"
_LONGEST_CODE: Final = 4096
_log = logging.getLogger("rapport.web")
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Proven:
    """Who came back, and from which attempt of this browser."""

    attempt: Attempt
    identity: Identity


def _provider(request: Request) -> IdentityProvider:
    provider: IdentityProvider | None = request.app.state.identity_provider
    if provider is None:
        raise NotFound("accounts.no_single_sign_on")
    return provider


def _keys(request: Request) -> WebKeyStore:
    keys: WebKeyStore = request.app.state.web_keys
    return keys


async def _proven(request: Request) -> Proven | None:
    """Asked before the transaction begins: nothing of ours waits for the provider.

    None where the browser, the attempt and the answer do not belong together, or nobody is named.
    """
    provider = _provider(request)
    query = request.query_params
    attempt = open_attempt(request.cookies.get(_cookie(request), ""), _keys(request), clock.now())
    code = query.get("code", "")
    if attempt is None or not attempt.is_answered_by(query.get("state", "")):
        return None
    if query.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
        return None
    if not 0 < len(code) <= _LONGEST_CODE:  # it let nobody in, and says why in `error`
        return None
    try:
        return Proven(attempt, await provider.prove(attempt, code))
    except NotProven as refused:
        _log.warning("single sign-on refused: %s", refused)
        return None


ProvenDep = Annotated[Proven | None, Depends(_proven)]


@router.get(START)
async def begin(request: Request) -> Response:
    """From our own page only: no other site has somebody signed in without their doing."""
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return see_other(SIGN_IN)
    return await _leave(request, new_attempt(way_on(request), "", clock.now()))


@router.get("/staff/link/{token}/oidc")
async def begin_to_join(token: str, request: Request) -> Response:
    """From our own page only: whoever is sent here first sees there whom the link is for."""
    if read_staff_token(token) is None:
        raise NotFound("accounts.no_page")
    if request.headers.get("sec-fetch-site") != "same-origin":
        return see_other(f"/staff/link/{token}")
    return await _leave(request, new_attempt(way_on(request), token, clock.now()))


@router.get(CALLBACK)
def come_back(request: Request, proven: ProvenDep, session: SessionDep) -> Response:
    if proven is None:
        return _sign_in_page(request, _told(request, "sso_failed"))
    if proven.attempt.link:
        try:
            token: str | None = join(session, proven.attempt.link, proven.identity)
        except AppError as refused:
            return _sign_in_page(request, refused, HTTPStatus(refused.status))
    else:
        token = enter(session, proven.identity)
    if token is None:
        return _sign_in_page(request, _told(request, "sso_unknown"))
    entered = keep_in_browser(request, see_other(proven.attempt.to), token)
    return _forget_attempt(request, entered)


@router.post("/staff/single-sign-on")
def post_joining_by_email(session: SessionDep, owner: StaffManagerDep, form: FormDep) -> Response:
    is_allowed = typed(form, "joins_by_email") == "yes"
    allow_joining_by_email(session, owner.agency_id, owner.staff_id, is_allowed=is_allowed)
    return see_other("/staff/people")


@router.post("/staff/people/{staff_id}/unlink")
def post_unlink(staff_id: str, session: SessionDep, owner: StaffManagerDep) -> Response:
    unlink(session, owner.agency_id, owner.staff_id, staff_id)
    return see_other("/staff/people")


async def _leave(request: Request, attempt: Attempt) -> Response:
    try:
        address = await _provider(request).address_for(attempt)
    except NotProven as refused:
        _log.warning("single sign-on refused: %s", refused)
        return _sign_in_page(request, _told(request, "sso_away"), HTTPStatus.SERVICE_UNAVAILABLE)
    response = see_other(address)
    response.set_cookie(
        _cookie(request),
        seal_attempt(attempt, _keys(request)),
        max_age=int(LASTS.total_seconds()),
        path="/",
        secure=_is_secure(request),
        httponly=True,
        samesite="lax",
    )
    return response


def _sign_in_page(
    request: Request, problem: AppError | str, status: HTTPStatus = HTTPStatus.FORBIDDEN
) -> Response:
    page = staff_page(request, "sign_in.html", status=status, email="", problem=problem)
    return _forget_attempt(request, page)


def _told(request: Request, text: str) -> str:
    return locale_for(request)(text, name=_provider(request).name)


def _forget_attempt(request: Request, response: Response) -> Response:
    response.delete_cookie(
        _cookie(request), path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )
    return response


def _cookie(request: Request) -> str:
    return "__Host-sso" if _is_secure(request) else "sso"


def _is_secure(request: Request) -> bool:
    return cookie_name(request).startswith("__Host-")
