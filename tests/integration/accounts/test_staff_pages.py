from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from tests.integration.accounts.people import OWNER_PASSWORD, STAFF_PASSWORD, Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled, staff_site

INSIDE = ["/staff", "/staff/password", "/staff/people", "/staff/people/0123456789", "/staff/audit"]
UNSAFE = [
    *("/staff/people", "/staff/people/0123456789/roles", "/staff/people/0123456789/shut-out"),
    *("/staff/people/0123456789/let-in", "/staff/people/0123456789/reset"),
    *("/staff/people/0123456789/second-factor", "/staff/sign-out-elsewhere", "/staff/sign-out"),
    "/staff/password",
]


@pytest.fixture
def browser(database: Database, tmp_path: Path) -> Iterator[Browser]:
    with staff_site(database, tmp_path, "https://rapport.example") as client:
        yield Browser(client)


@pytest.mark.parametrize("path", INSIDE)
def test_nobody_comes_in_unsigned(browser: Browser, path: str) -> None:
    assert browser.get(path).url.path == "/staff/sign-in"


@pytest.mark.parametrize("path", UNSAFE)
def test_nothing_can_be_done_unsigned(browser: Browser, path: str) -> None:
    assert browser.post(path).url.path == "/staff/sign-in"


def test_an_owner_invites_somebody_who_then_comes_in(browser: Browser, owner: Owner) -> None:
    recovery = enter_enrolled(browser, owner.email)
    assert recovery.text.count("<li>") == 10
    assert "Ana Ruiz" in browser.get("/staff").text
    made = browser.post(
        "/staff/people",
        {"name": "Bo <b>Li</b>", "email": "bo@partner.example", "roles": "auditor"},
    )
    assert "Bo &lt;b&gt;Li" in made.text
    link = re.search(r"https://rapport\.example(/staff/link/[^<]+)", made.text)
    assert link is not None
    assert "Bo &lt;b&gt;Li" in browser.get("/staff/people").text
    browser.post("/staff/sign-out")
    assert browser.get("/staff").url.path == "/staff/sign-in"
    different = browser.post(link[1], {"password": STAFF_PASSWORD, "again": "other"})
    assert different.status_code == 422
    short = browser.post(link[1], {"password": "short", "again": "short"})
    assert "15 to 256" in short.text
    browser.post(link[1], {"password": STAFF_PASSWORD, "again": STAFF_PASSWORD})
    inside = browser.post(
        "/staff/sign-in", {"email": "bo@partner.example", "password": STAFF_PASSWORD}
    )
    assert inside.url.path == "/staff"
    assert browser.get(link[1]).status_code == 404
    log = browser.get("/staff/audit").text
    assert "The log is whole" in log
    assert "invited" in log
    assert browser.get("/staff/people").status_code == 404
    assert browser.post("/staff/people", {"name": "X"}).status_code == 404


def test_the_cookie_is_out_of_reach_and_changes_as_power_grows(
    browser: Browser, owner: Owner
) -> None:
    entered = browser.post("/staff/sign-in", {"email": owner.email, "password": OWNER_PASSWORD})
    cookie = entered.history[0].headers["set-cookie"]
    assert re.fullmatch(
        r"__Host-sid=\w{6}\.[\w-]{43}; HttpOnly; Path=/; SameSite=lax; Secure", cookie
    )
    assert enter_enrolled(browser, owner.email).headers["set-cookie"] != cookie


def test_signing_out_clears_what_the_browser_kept(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    left = browser.post("/staff/sign-out").history[0]
    assert left.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert "Max-Age=0" in left.headers["set-cookie"]


def test_another_site_can_do_nothing_in_the_name_of_staff(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    for path in UNSAFE:
        sent = browser.post(path, {"name": "X"}, **{"sec-fetch-site": "cross-site"})
        assert sent.status_code == 403
    assert browser.get("/staff").status_code == 200


def test_a_refused_invitation_keeps_what_was_typed(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    refused = browser.post("/staff/people", {"name": "Bo Li", "email": "no", "roles": "auditor"})
    assert refused.status_code == 422
    assert 'value="Bo Li"' in refused.text
    assert 'value="auditor" checked' in refused.text
    assert "is not an e-mail address" in refused.text


def test_an_owner_changes_resets_and_shuts_out(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    browser.post("/staff/people", {"name": "Bo", "email": "bo@a.example", "roles": "auditor"})
    one = re.search(r'/staff/people/(\w{10})">Bo<', browser.get("/staff/people").text)
    assert one is not None
    path = f"/staff/people/{one[1]}"
    assert 'value="auditor" checked' in browser.get(path).text
    browser.post(f"{path}/roles", {"roles": "analyst"})
    assert 'value="analyst" checked' in browser.get(path).text
    assert "/staff/link/" in browser.post(f"{path}/reset").text
    assert browser.post(f"{path}/second-factor").status_code == 200
    assert "Shut out" in browser.post(f"{path}/shut-out").text
    assert "Invited" in browser.post(f"{path}/let-in").text
    assert browser.post("/staff/people/zzzzzzzzzz/shut-out").status_code == 404
    last = browser.post(f"/staff/people/{owner.staff_id}/shut-out")
    assert last.status_code == 409


def test_a_signed_in_browser_without_its_code_goes_no_further(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    browser.post("/staff/sign-out")
    asked = browser.post("/staff/sign-in", {"email": owner.email, "password": OWNER_PASSWORD})
    assert asked.url.path == "/staff/code"
    for path in (*INSIDE, "/staff/second-factor"):
        assert browser.get(path).url.path == "/staff/code"
    assert browser.post("/staff/second-factor", {"code": "000000"}).url.path == "/staff/code"
    wrong = browser.post("/staff/code", {"code": "000000"})
    assert wrong.status_code == 422
    assert "not right" in wrong.text


def test_a_code_is_asked_of_nobody_else(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    assert browser.get("/staff/code").url.path == "/staff"
    assert browser.post("/staff/code", {"code": "000000"}).url.path == "/staff"
    assert browser.get("/staff/second-factor").status_code == 409
    wrong = browser.post("/staff/second-factor", {"code": "000000"})
    assert wrong.status_code == 409


@pytest.mark.usefixtures("held_clock")
def test_many_failures_are_told_to_wait(browser: Browser, owner: Owner) -> None:
    for _ in range(5):
        browser.post("/staff/sign-in", {"email": owner.email, "password": "wrong"})
    told = browser.post("/staff/sign-in", {"email": owner.email, "password": OWNER_PASSWORD})
    assert told.status_code == 429
    assert "Wait" in told.text


def test_without_tls_the_cookie_has_no_prefix_that_asks_for_it(
    database: Database, tmp_path: Path, owner: Owner
) -> None:
    with staff_site(database, tmp_path, "http://127.0.0.1:8000") as client:
        browser = Browser(client)
        entered = browser.post("/staff/sign-in", {"email": owner.email, "password": OWNER_PASSWORD})
        assert entered.history[0].headers["set-cookie"].startswith("sid=")
        assert entered.url.path == "/staff/second-factor"
