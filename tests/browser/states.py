"""Every page a resident can meet, each reached as a resident would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page, Route
from sqlalchemy import text

from tests.browser.answering import (
    block_script,
    choose,
    find_connection,
    lose_connection,
    send_button,
    turn_to_end,
)
from tests.browser.conftest import Site


def first_screen(site: Site, page: Page) -> None:
    page.goto(site.address + site.field(kind="follow_up", is_simulated=True).path)
    page.locator("summary").click()


def part(site: Site, page: Page) -> None:
    first_screen(site, page)
    choose(page, t1=-2)


def sheet(site: Site, page: Page) -> None:
    part(site, page)
    choose(page, k1=1)
    turn_to_end(page)


def problems(site: Site, page: Page) -> None:
    sheet(site, page)
    page.evaluate("document.querySelector('[name=t1]:checked').value = '77'")
    send_button(page).click()
    page.locator("#told").wait_for()


def renewed(site: Site, page: Page) -> None:
    sheet(site, page)
    page.evaluate("document.querySelector('[name=_token]').value = 'x'")
    send_button(page).click()
    page.locator("#told").wait_for()


def thanks(site: Site, page: Page) -> None:
    sheet(site, page)
    send_button(page).click()
    page.locator("main.notice").wait_for()


def _reply_lost(route: Route) -> None:
    route.fetch()
    route.fulfill(status=204, content_type="text/html")


def arrived(site: Site, page: Page) -> None:
    sheet(site, page)
    page.route("**/s/*", _reply_lost)
    with page.expect_response("**/s/*"):
        send_button(page).click()
    page.unroute("**/s/*")
    page.locator(".unsent").wait_for()
    send_button(page).click()
    page.locator("main.notice").wait_for()


def whole_sheet(site: Site, page: Page) -> None:
    """As it is without the script."""
    block_script(page)
    sheet(site, page)


def busy(site: Site, page: Page) -> None:
    whole_sheet(site, page)
    with site.database.writing() as session:
        session.execute(text("SELECT 1"))  # SQLite locks as the transaction begins
        send_button(page).click()
        page.locator("main.notice").wait_for()


def busy_part(site: Site, page: Page) -> None:
    sheet(site, page)
    with site.database.writing() as session:
        session.execute(text("SELECT 1"))
        send_button(page).click()
        page.locator(".unsent").wait_for()


def kept(site: Site, page: Page) -> None:
    sheet(site, page)
    lose_connection(page)
    send_button(page).click()
    page.locator("main.notice button").click()
    page.locator("[role=status]:not(:empty)").wait_for()


def no_connection(site: Site, page: Page) -> None:
    """In a browser that cannot seal: the answers stay on the page."""
    page.add_init_script("Object.defineProperty(crypto, 'subtle', {value: undefined})")
    sheet(site, page)
    lose_connection(page)
    send_button(page).click()
    page.locator(".unsent").wait_for()


def late(site: Site, page: Page) -> None:
    page.clock.install()
    kept(site, page)
    find_connection(page)
    page.clock.fast_forward(73 * 3600 * 1000)
    page.locator("main.notice:not(:has(button))").wait_for()


def large_text(site: Site, page: Page) -> None:
    first_screen(site, page)
    page.locator("nav a").last.click()
    choose(page, t1=4)


def large_whole_sheet(site: Site, page: Page) -> None:
    block_script(page)
    large_text(site, page)


def accessibility(site: Site, page: Page) -> None:
    first_screen(site, page)
    page.locator("details a").last.click()
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
    "first screen": first_screen,
    "part": part,
    "sheet": sheet,
    "whole sheet": whole_sheet,
    "problems": problems,
    "renewed": renewed,
    "thanks": thanks,
    "arrived": arrived,
    "busy": busy,
    "busy part": busy_part,
    "kept": kept,
    "no connection": no_connection,
    "late": late,
    "large text": large_text,
    "large whole sheet": large_whole_sheet,
    "accessibility": accessibility,
    "closed": closed,
    "not open": not_open,
    "unknown": unknown,
    "no page": no_page,
}
