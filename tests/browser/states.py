"""Every page a resident can meet, each reached as a resident would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page, Route
from sqlalchemy import text

from tests.browser.conftest import Site


def sheet(site: Site, page: Page) -> None:
    page.goto(site.address + site.field(kind="follow_up", is_simulated=True).path)
    page.locator("summary").click()
    page.locator('[name="k1"][value="1"]').check()
    page.locator('[name="t1"][value="-2"]').check()


def problems(site: Site, page: Page) -> None:
    sheet(site, page)
    page.evaluate("document.querySelector('[name=t1]:checked').value = '77'")
    page.locator("form button").last.click()
    page.locator("#told").wait_for()


def renewed(site: Site, page: Page) -> None:
    sheet(site, page)
    page.evaluate("document.querySelector('[name=_token]').value = 'x'")
    page.locator("form button").last.click()
    page.locator("#told").wait_for()


def thanks(site: Site, page: Page) -> None:
    sheet(site, page)
    page.locator("form button").last.click()
    page.locator("main.notice").wait_for()


def _reply_lost(route: Route) -> None:
    route.fetch()
    route.fulfill(status=204)


def arrived(site: Site, page: Page) -> None:
    sheet(site, page)
    page.route("**/s/*", _reply_lost)
    with page.expect_response("**/s/*"):
        page.locator("form button").last.click()
    page.unroute("**/s/*")
    page.locator("form button").last.click()
    page.locator("main.notice").wait_for()


def busy(site: Site, page: Page) -> None:
    sheet(site, page)
    with site.database.writing() as session:
        session.execute(text("SELECT 1"))  # SQLite locks as the transaction begins
        page.locator("form button").last.click()
        page.locator("main.notice").wait_for()


def closed(site: Site, page: Page) -> None:
    page.goto(site.address + site.field(state="closed").path)


def not_open(site: Site, page: Page) -> None:
    page.goto(site.address + site.field(state="draft").path)


def unknown(site: Site, page: Page) -> None:
    page.goto(site.address + "/s/0000000000000000")


def no_page(site: Site, page: Page) -> None:
    page.goto(site.address + "/nowhere")


State = Callable[[Site, Page], None]
STATES: Final[dict[str, State]] = {
    "sheet": sheet,
    "problems": problems,
    "renewed": renewed,
    "thanks": thanks,
    "arrived": arrived,
    "busy": busy,
    "closed": closed,
    "not open": not_open,
    "unknown": unknown,
    "no page": no_page,
}
