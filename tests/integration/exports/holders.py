"""Two people who may take single answers, and what they do with a browser."""

from __future__ import annotations

import re

from app.accounts.staff import choose_password, create_owner, invite
from app.accounts.store import staff_of
from app.db import Database
from tests.integration.accounts.people import STAFF_PASSWORD, Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled

REASON = "The university checks the report"


def make_holder(database: Database, agency_id: str, email: str, password: str) -> Owner:
    """The agency's first owner."""
    with database.writing() as session:
        create_owner(session, agency_id, email=email, name="Ana Ruiz", password=password)
        staff = staff_of(session, agency_id)
    return Owner(agency_id, staff[0].id, email)


def sign_in_as(browser: Browser, database: Database, agency_id: str, role: str) -> None:
    """Somebody else, in this browser."""
    email = f"{role}@city.example"
    with database.writing() as session:
        _, token = invite(session, agency_id, None, email=email, name="Bo Li", roles=[role])
        choose_password(session, token, STAFF_PASSWORD)
    browser.post("/staff/sign-out")
    entered = browser.post("/staff/sign-in", {"email": email, "password": STAFF_PASSWORD})
    if entered.url.path == "/staff/second-factor":
        enter_enrolled(browser, email, STAFF_PASSWORD)


def asked(browser: Browser, page: str, kind: str, subject: str, reason: str = REASON) -> int:
    fields = {"kind": kind, "subject": subject, "language": "en", "reason": reason}
    return browser.post(page, fields).status_code


def approval_address(page: str) -> str:
    found = re.search(r'action="(/staff/downloads/\w{10}/approve)"', page)
    assert found is not None, page
    return found[1]


def download_address(page: str) -> str:
    found = re.search(r'href="(/staff/downloads/\w{10})"', page)
    assert found is not None, page
    return found[1]
