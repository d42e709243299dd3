"""Staff of the agency, seen and changed by its owners; and the audit log."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response

from app.accounts.audit import AuditBreak, recent_acts, verify_audit_log
from app.accounts.mail import Letter, MailServer
from app.accounts.pages.doors import (
    AuditorDep,
    FormDep,
    InsiderDep,
    StaffManagerDep,
    see_other,
    typed,
)
from app.accounts.pages.rendering import locale_for, staff_page
from app.accounts.roles import ROLES
from app.accounts.second_factor import reset_second_factor
from app.accounts.signing_in import SignedIn, browsers_of, sign_out_elsewhere
from app.accounts.single_sign_on import joins_by_email
from app.accounts.staff import (
    change_roles,
    get_staff,
    invite,
    list_staff,
    send_reset,
    set_active,
)
from app.db import SessionDep
from app.errors import AppError
from app.settings import Settings

ACCOUNT = "/staff/account"
PEOPLE = "/staff/people"
ONE = PEOPLE + "/{staff_id}"
router = APIRouter()


@router.get(ACCOUNT)
def show_account(request: Request, session: SessionDep, insider: InsiderDep) -> Response:
    browsers = browsers_of(session, insider)
    return staff_page(request, "account.html", signed_in=insider, browsers=browsers)


@router.post("/staff/sign-out-elsewhere")
def post_sign_out_elsewhere(session: SessionDep, insider: InsiderDep) -> Response:
    sign_out_elsewhere(session, insider)
    return see_other(ACCOUNT)


@router.get(PEOPLE)
def show_people(request: Request, session: SessionDep, owner: StaffManagerDep) -> Response:
    return _people(request, session, owner)


@router.post(PEOPLE)
def post_invitation(
    request: Request, session: SessionDep, owner: StaffManagerDep, form: FormDep
) -> Response:
    try:
        invited, token = invite(
            session,
            owner.agency_id,
            owner.staff_id,
            email=typed(form, "email"),
            name=typed(form, "name"),
            roles=form.get("roles", []),
            partner=typed(form, "partner"),
        )
    except AppError as refused:
        return _people(request, session, owner, refused=refused, typed_in=form)
    return _link_page(request, owner, (invited.name, invited.email), token, "invitation")


@router.get(ONE)
def show_one(
    staff_id: str, request: Request, session: SessionDep, owner: StaffManagerDep
) -> Response:
    staff = get_staff(session, owner.agency_id, staff_id)
    return staff_page(request, "person.html", signed_in=owner, staff=staff, roles=ROLES)


@router.post(ONE + "/roles")
def post_roles(
    staff_id: str, session: SessionDep, owner: StaffManagerDep, form: FormDep
) -> Response:
    change_roles(session, owner.agency_id, owner.staff_id, staff_id, form.get("roles", []))
    return see_other(PEOPLE)


@router.post(ONE + "/shut-out")
def post_shut_out(staff_id: str, session: SessionDep, owner: StaffManagerDep) -> Response:
    set_active(session, owner.agency_id, owner.staff_id, staff_id, is_active=False)
    return see_other(PEOPLE)


@router.post(ONE + "/let-in")
def post_let_in(staff_id: str, session: SessionDep, owner: StaffManagerDep) -> Response:
    set_active(session, owner.agency_id, owner.staff_id, staff_id, is_active=True)
    return see_other(PEOPLE)


@router.post(ONE + "/reset")
def post_reset(
    staff_id: str, request: Request, session: SessionDep, owner: StaffManagerDep
) -> Response:
    token = send_reset(session, owner.agency_id, owner.staff_id, staff_id)
    staff = get_staff(session, owner.agency_id, staff_id)
    return _link_page(request, owner, (staff.name, staff.email), token, "reset")


@router.post(ONE + "/second-factor")
def post_second_factor(staff_id: str, session: SessionDep, owner: StaffManagerDep) -> Response:
    reset_second_factor(session, owner.agency_id, owner.staff_id, staff_id)
    return see_other(PEOPLE)


@router.get("/staff/audit")
def show_audit(request: Request, session: SessionDep, auditor: AuditorDep) -> Response:
    found = verify_audit_log(session, auditor.agency_id)
    return staff_page(
        request,
        "audit.html",
        signed_in=auditor,
        acts=recent_acts(session, auditor.agency_id),
        broken=found.told if isinstance(found, AuditBreak) else None,
        head=None if isinstance(found, AuditBreak) else found,
    )


def _people(
    request: Request,
    session: SessionDep,
    owner: SignedIn,
    refused: AppError | None = None,
    typed_in: dict[str, list[str]] | None = None,
) -> Response:
    page = staff_page(
        request,
        "people.html",
        signed_in=owner,
        people=list_staff(session, owner.agency_id),
        roles=ROLES,
        typed_in=typed_in or {},
        joins_by_email=joins_by_email(session, owner.agency_id),
        problem=refused,
    )
    if refused is not None:
        page.status_code = refused.status
    return page


def _link_page(
    request: Request,
    owner: SignedIn,
    whose: tuple[str, str],
    token: str,
    kind: Literal["invitation", "reset"],
) -> Response:
    """Mailed as well where there is a mail server, once the transaction has ended."""
    settings: Settings = request.app.state.settings
    mail: MailServer | None = request.app.state.mail
    address = f"{settings.base_url.rstrip('/')}/staff/link/{token}"
    (name, email), t = whose, locale_for(request)
    done = t("link_made", name=name)
    if mail is not None:
        done = f"{done} {t('link_mailed', email=email)}"
    page = staff_page(request, "link.html", signed_in=owner, address=address, done=done)
    if mail is not None:
        subject = t(f"mail_{kind}_subject", agency=owner.agency_name)
        text = t(f"mail_{kind}_text", name=name, agency=owner.agency_name, address=address)
        page.background = BackgroundTask(mail.send, Letter(email, subject, text))
    return page
