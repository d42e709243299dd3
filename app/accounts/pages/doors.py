"""Who is at the door: what each staff page asks of the request before it does anything."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from app.accounts.roles import Duty
from app.accounts.signing_in import SignedIn, Standing, signed_in_by
from app.db import Database, SessionDep
from app.errors import AppError, NotFound
from app.privacy.staff.one_time_codes import OneTimeCodes
from app.settings import Settings
from app.web.forms import Form, read_form

SIGN_IN: Final = "/staff/sign-in"
GIVE_CODE: Final = "/staff/code"
ENROL: Final = "/staff/second-factor"
HOME: Final = "/staff"
# Pages outside /staff that whoever signs in comes back to; never another site.
_RETURN: Final = re.compile(r"/(?!staff/)[a-z]+/[0-9a-z]+(\?lang=[A-Za-z-]+)?")
_WHERE_TO: Final = {Standing.NEEDS_CODE: GIVE_CODE, Standing.NEEDS_ENROLMENT: ENROL}


class ElsewhereFirst(AppError):
    """The page can be shown after another one was dealt with."""

    status = HTTPStatus.SEE_OTHER

    def __init__(self, address: str) -> None:
        super().__init__("accounts.sign_in_first")
        self.address = address


def add_doors(app: FastAPI) -> None:
    app.add_exception_handler(ElsewhereFirst, _go_there)


async def _go_there(request: Request, exc: Exception) -> Response:
    if not isinstance(exc, ElsewhereFirst):
        raise exc
    query = request.scope["query_string"].decode("latin-1")
    here = request.scope["path"] + (f"?{query}" if query else "")  # no host: it may be unreadable
    is_kept = request.method == "GET" and _RETURN.fullmatch(here)
    return see_other(exc.address + (_query(here) if is_kept else ""))


def way_on(request: Request) -> str:
    """Where somebody was going when they were asked to sign in."""
    wanted = request.query_params.get("to", "")
    return wanted if _RETURN.fullmatch(wanted) else HOME


def way_on_query(request: Request) -> str:
    """What the next step of signing in has to know of it."""
    on = way_on(request)
    return "" if on == HOME else _query(on)


def _query(address: str) -> str:
    return f"?{urlencode({'to': address})}"


def see_other(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def _visitor(request: Request, session: SessionDep) -> SignedIn:
    """Signed in, maybe without the second factor yet."""
    return _present(signed_in_by(session, request.cookies.get(cookie_name(request), "")))


def _present(found: SignedIn | None) -> SignedIn:
    if found is None:
        raise ElsewhereFirst(SIGN_IN)
    return found


def _insider(visitor: Annotated[SignedIn, Depends(_visitor)]) -> SignedIn:
    if visitor.standing is not Standing.COMPLETE:
        raise ElsewhereFirst(_WHERE_TO[visitor.standing])
    return visitor


def _on_duty(insider: SignedIn, duty: Duty) -> SignedIn:
    """What somebody may not do is not there for them."""
    if not insider.may(duty):
        raise NotFound("accounts.no_page_for_role")
    return insider


class WithDuty:
    """Asked of a page; which duty it is can be read off the page by whoever holds the matrix."""

    def __init__(self, duty: Duty) -> None:
        self.duty = duty

    def __call__(self, insider: Annotated[SignedIn, Depends(_insider)]) -> SignedIn:
        return _on_duty(insider, self.duty)


def with_duty(duty: Duty) -> WithDuty:
    return WithDuty(duty)


async def find_visitor(request: Request) -> SignedIn | None:
    """For pages in the event loop that must not lose what somebody signed out has sent."""
    database: Database = request.app.state.database
    token = request.cookies.get(cookie_name(request), "")
    return await run_in_threadpool(_find, database, token) if token else None


def _find(database: Database, token: str) -> SignedIn | None:
    with database.writing() as session:
        return signed_in_by(session, token)


def admit(found: SignedIn | None, duty: Duty) -> SignedIn:
    return _on_duty(_insider(_present(found)), duty)


async def _posted(request: Request) -> Form:
    """Kept beside the request: a page that refuses it shows what was typed."""
    form = read_form(await request.body(), request.headers.get("content-type", ""))
    request.state.posted = form
    return form


def _codes(request: Request) -> OneTimeCodes:
    codes: OneTimeCodes = request.app.state.one_time_codes
    return codes


def typed(form: Form, name: str) -> str:
    return form.get(name, [""])[0]


def keep_in_browser(request: Request, response: Response, token: str) -> Response:
    """A cookie of this browser's session, out of reach of scripts and of other sites."""
    response.set_cookie(
        cookie_name(request),
        token,
        path="/",
        secure=_is_https(request),
        httponly=True,
        samesite="lax",
    )
    return response


def forget_in_browser(request: Request, response: Response) -> Response:
    response.delete_cookie(
        cookie_name(request), path="/", secure=_is_https(request), httponly=True, samesite="lax"
    )
    response.headers["clear-site-data"] = '"cache", "cookies", "storage"'
    return response


def cookie_name(request: Request) -> str:
    """The prefix makes browsers refuse it from another host or without TLS."""
    return "__Host-sid" if _is_https(request) else "sid"


def _is_https(request: Request) -> bool:
    settings: Settings = request.app.state.settings
    return settings.base_url.startswith("https://")


VisitorDep = Annotated[SignedIn, Depends(_visitor)]
InsiderDep = Annotated[SignedIn, Depends(_insider)]
FormDep = Annotated[Form, Depends(_posted)]
CodesDep = Annotated[OneTimeCodes, Depends(_codes)]
StaffManagerDep = Annotated[SignedIn, Depends(with_duty("manage_staff"))]
AuditorDep = Annotated[SignedIn, Depends(with_duty("read_audit_log"))]
