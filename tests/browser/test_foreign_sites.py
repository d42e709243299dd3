"""Another site in the browser of somebody who is signed in here, or of a resident, can do nothing.

A page on another name of this machine is another site to the browser, which keeps the cookie back;
one on another port of the same name is the same site and another origin, and the cookie goes along.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.factories import make_agency
from tests.integration.accounts.people import STAFF_PASSWORD, hire
from tests.integration.pages.reading import ReadPage
from tests.integration.pages.site import stored

pytestmark = pytest.mark.browser

OTHERS = pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
SENDS_AT_ONCE = "document.forms[0].submit()"
ASKS_BEHIND = """() => fetch(document.forms[0].action, {method: "POST", mode: "no-cors",
    credentials: "include", body: new URLSearchParams(new FormData(document.forms[0]))})
    .catch(() => null)"""  # it was sent, and the answer is kept from the page


def _trap(target: str, fields: Mapping[str, str]) -> str:
    inputs = (f'<input name="{escape(n)}" value="{escape(v)}">' for n, v in fields.items())
    form = f'<form method="post" action="{escape(target)}">{"".join(inputs)}</form>'
    return f'<!doctype html><title>Prizes</title>{form}<iframe src="{escape(target)}"></iframe>'


@contextmanager
def _another_site(name: str, html: str) -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://{name}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _is_signed_in(page: Page, site: Site) -> bool:
    page.goto(f"{site.address}/staff/account")
    return "Bo Li" in page.inner_text("body")


@OTHERS
def test_another_site_does_nothing_in_the_name_of_staff_and_sees_nothing(
    site: Site, phones: Callable[..., Page], name: str
) -> None:
    page = phones()
    with site.database.writing() as session:
        agency_id = make_agency(session).agency_id
    page.goto(f"{site.address}/staff/sign-in")
    page.fill("#email", hire(site.database, agency_id, "author"))
    page.fill("#password", STAFF_PASSWORD)
    page.click("main button")
    assert _is_signed_in(page, site)
    assert page.evaluate("document.cookie") == ""
    assert [cookie["httpOnly"] for cookie in page.context.cookies()] == [True]
    with _another_site(name, _trap(f"{site.address}/staff/sign-out", {})) as trap:
        page.goto(trap, wait_until="load")
        assert not any("Bo Li" in frame.content() for frame in page.frames)
        page.evaluate(ASKS_BEHIND)
        with page.expect_navigation(url="**/staff/sign-out") as told:
            page.evaluate(SENDS_AT_ONCE)
        assert told.value.status == 403
    assert _is_signed_in(page, site)
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.wait_for_url("**/staff/sign-in")
    assert not _is_signed_in(page, site)


@OTHERS
def test_another_site_answers_for_nobody(
    site: Site, phones: Callable[..., Page], name: str
) -> None:
    fielded, page = site.field(), phones()
    address = site.address + fielded.path
    page.goto(address)
    form = dict(ReadPage(page.content()).form.sent) | {"t1": "1"}  # as the trap could fetch one
    with _another_site(name, _trap(address, form)) as trap:
        page.goto(trap, wait_until="load")
        page.evaluate(ASKS_BEHIND)
        with page.expect_navigation(url=address) as told:
            page.evaluate(SENDS_AT_ONCE)
        assert told.value.status == 403
    assert stored(site.database, fielded) == []
    page.goto(address)
    page.evaluate(
        """form => {
            document.forms[0].querySelector("[name=_token]").value = form._token;
            document.forms[0].submit();
        }""",
        form,
    )
    page.get_by_role("heading", name="Thank you").wait_for()
    assert len(stored(site.database, fielded)) == 1
