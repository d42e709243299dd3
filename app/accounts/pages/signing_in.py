"""The way in and out: password, second factor, one-time link."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from markupsafe import Markup
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.pages.doors import (
    ENROL,
    GIVE_CODE,
    HOME,
    SIGN_IN,
    CodesDep,
    ElsewhereFirst,
    FormDep,
    VisitorDep,
    forget_in_browser,
    keep_in_browser,
    see_other,
    typed,
    way_on,
)
from app.accounts.pages.rendering import locale_for, staff_page
from app.accounts.second_factor import begin_enrolment, confirm_enrolment
from app.accounts.signing_in import (
    SignedIn,
    SignInRefusal,
    Standing,
    give_code,
    sign_in,
    sign_out,
)
from app.accounts.staff import choose_password, invited_by_link
from app.db import Database, SessionDep
from app.privacy.staff.attempts import AddressTags
from app.privacy.staff.one_time_codes import OneTimeCodes
from app.privacy.staff.passwords import PasswordRefused
from app.web.qr_codes import qr_code

router = APIRouter()


@router.get(SIGN_IN)
def show_sign_in(request: Request) -> Response:
    return staff_page(request, "sign_in.html", email="")


@router.post(SIGN_IN)
def post_sign_in(request: Request, form: FormDep) -> Response:
    email = typed(form, "email")
    database: Database = request.app.state.database
    tags: AddressTags = request.app.state.address_tags
    outcome = sign_in(database, email, typed(form, "password"), tags)
    if isinstance(outcome, SignInRefusal):
        return _refused(request, "sign_in.html", outcome, email=email)
    return keep_in_browser(request, see_other(way_on(request)), outcome)


@router.get(GIVE_CODE)
def show_code(request: Request, visitor: VisitorDep) -> Response:
    if visitor.standing is not Standing.NEEDS_CODE:
        raise ElsewhereFirst(HOME)
    return staff_page(request, "code.html")


@router.post(GIVE_CODE)
def post_code(
    request: Request, session: SessionDep, visitor: VisitorDep, codes: CodesDep, form: FormDep
) -> Response:
    if visitor.standing is not Standing.NEEDS_CODE:
        raise ElsewhereFirst(HOME)
    outcome = give_code(session, codes, visitor, typed(form, "code"))
    if isinstance(outcome, SignInRefusal):
        return _refused(request, "code.html", outcome)
    return keep_in_browser(request, see_other(way_on(request)), outcome)


@router.get(ENROL)
def show_enrolment(
    request: Request, session: SessionDep, visitor: VisitorDep, codes: CodesDep
) -> Response:
    if visitor.standing is Standing.NEEDS_CODE:
        raise ElsewhereFirst(GIVE_CODE)
    return _enrolment(request, session, visitor, codes)


@router.post(ENROL)
def post_enrolment(
    request: Request, session: SessionDep, visitor: VisitorDep, codes: CodesDep, form: FormDep
) -> Response:
    if visitor.standing is Standing.NEEDS_CODE:
        raise ElsewhereFirst(GIVE_CODE)
    enrolled = confirm_enrolment(session, codes, visitor, typed(form, "code"))
    if enrolled is None:
        return _enrolment(
            request,
            session,
            visitor,
            codes,
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            problem=locale_for(request)("code_wrong"),
        )
    shown = staff_page(
        request, "recovery_codes.html", codes=enrolled.recovery_codes, on=way_on(request)
    )
    return keep_in_browser(request, shown, enrolled.token)


@router.post("/staff/sign-out")
def post_sign_out(request: Request, session: SessionDep, visitor: VisitorDep) -> Response:
    sign_out(session, visitor)
    return forget_in_browser(request, see_other(SIGN_IN))


@router.get("/staff/link/{token}")
def show_link(token: str, request: Request, session: SessionDep) -> Response:
    staff = invited_by_link(session, token)
    return staff_page(request, "choose_password.html", staff=staff, token=token)


@router.post("/staff/link/{token}")
def post_link(token: str, request: Request, session: SessionDep, form: FormDep) -> Response:
    password, locale = typed(form, "password"), locale_for(request)
    problem = None if password == typed(form, "again") else locale("passwords_differ")
    staff = invited_by_link(session, token)
    if problem is None:
        try:
            choose_password(session, token, password)
        except PasswordRefused as refused:
            problem = refused.told_in(locale.language)
    if problem is not None:
        return staff_page(
            request,
            "choose_password.html",
            status=HTTPStatus.UNPROCESSABLE_ENTITY,
            staff=staff,
            token=token,
            problem=problem,
        )
    return staff_page(request, "sign_in.html", email=staff.email, done=locale("password_chosen"))


def _enrolment(
    request: Request, session: Session, visitor: SignedIn, codes: OneTimeCodes, **parts: Any
) -> Response:
    enrolment = begin_enrolment(session, codes, visitor)
    drawn = Markup(qr_code(enrolment.address))  # noqa: S704 - drawn here, from our own address
    return staff_page(
        request, "enrol.html", signed_in=visitor, enrolment=enrolment, drawn=drawn, **parts
    )


def _refused(request: Request, template: str, refusal: SignInRefusal, **parts: Any) -> Response:
    locale = locale_for(request)
    told = {
        SignInRefusal.NOT_KNOWN: "code_wrong" if template == "code.html" else "sign_in_wrong",
        SignInRefusal.WAIT: "sign_in_wait",
    }
    status = (
        HTTPStatus.TOO_MANY_REQUESTS
        if refusal is SignInRefusal.WAIT
        else HTTPStatus.UNPROCESSABLE_ENTITY
    )
    return staff_page(request, template, status=status, problem=locale(told[refusal]), **parts)
