"""Somebody who is signed in changes their password, with the present one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import FormDep, InsiderDep, keep_in_browser, typed
from app.accounts.pages.rendering import locale_for, staff_page
from app.accounts.signing_in import SignedIn, SignInRefusal, change_password
from app.db import SessionDep
from app.privacy.staff.passwords import PasswordRefused

PASSWORD: Final = "/staff/password"  # noqa: S105 - an address
_REFUSED: Final = {
    SignInRefusal.NOT_KNOWN: (HTTPStatus.UNPROCESSABLE_ENTITY, "present_password_wrong"),
    SignInRefusal.WAIT: (HTTPStatus.TOO_MANY_REQUESTS, "sign_in_wait"),
}
router = APIRouter()


@router.get(PASSWORD)
def show_password(request: Request, insider: InsiderDep) -> Response:
    return staff_page(request, "own_password.html", signed_in=insider)


@router.post(PASSWORD)
def post_password(
    request: Request, session: SessionDep, insider: InsiderDep, form: FormDep
) -> Response:
    locale, chosen = locale_for(request), typed(form, "password")
    if chosen != typed(form, "again"):
        return _again(request, insider, locale("passwords_differ"), at_fault="password")
    try:
        outcome = change_password(session, insider, typed(form, "present"), chosen)
    except PasswordRefused as refused:
        return _again(request, insider, refused.told_in(locale.language), at_fault="password")
    if isinstance(outcome, SignInRefusal):
        status, told = _REFUSED[outcome]
        return _again(request, insider, locale(told), at_fault="present", status=status)
    shown = staff_page(
        request, "own_password.html", signed_in=insider, done=locale("password_changed")
    )
    return keep_in_browser(request, shown, outcome)


def _again(
    request: Request,
    insider: SignedIn,
    problem: str,
    *,
    at_fault: str,
    status: HTTPStatus = HTTPStatus.UNPROCESSABLE_ENTITY,
) -> Response:
    return staff_page(
        request,
        "own_password.html",
        status=status,
        signed_in=insider,
        problem=problem,
        at_fault=at_fault,
    )
