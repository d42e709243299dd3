"""Every page a resident can meet, each reached as a resident would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from playwright.sync_api import Page, Route
from sqlalchemy import text

from app.collectors.cards import Batch
from tests.browser.answering import (
    block_script,
    choose,
    find_connection,
    let_pass,
    lose_connection,
    send_button,
    turn_to_end,
)
from tests.browser.conftest import Site
from tests.browser.crowd import CHURCH, crowd
from tests.integration.responses.cards import deal


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


def front(site: Site, page: Page) -> None:
    page.goto(site.address + "/")


def unknown(site: Site, page: Page) -> None:
    page.goto(site.address + "/s/0000000000000000")


def no_page(site: Site, page: Page) -> None:
    page.goto(site.address + "/nowhere")


def _sent_among_many(site: Site, page: Page) -> None:
    fielded = site.field()
    crowd(site.address, fielded)
    page.context.set_extra_http_headers(CHURCH)
    page.goto(site.address + fielded.path)
    choose(page, t1=4)
    turn_to_end(page)
    send_button(page).click()
    page.locator("[data-ticket]").wait_for()


def wait(site: Site, page: Page) -> None:
    """Held while the phone works: it would send by itself."""
    page.route(
        "**/s/*",
        lambda route: (
            route.fulfill(status=204)
            if "_work=" in (route.request.post_data or "")
            else route.fallback()
        ),
    )
    _sent_among_many(site, page)


def wait_without_script(site: Site, page: Page) -> None:
    block_script(page)
    _sent_among_many(site, page)


def _with_cards(site: Site, page: Page) -> str:
    """The screen with the field for a code, and a code that is right."""
    fielded = site.field()
    wave = fielded.agency_id, fielded.wave_id
    deck = deal(site.database, site.web_keys, wave, Batch(1))
    page.goto(site.address + deck.path)
    return deck.cards[0].code


def code(site: Site, page: Page) -> None:
    page.locator("#code").fill(_with_cards(site, page))


def _code_told(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    choose(page, t1=4)
    turn_to_end(page)
    send_button(page).click()
    page.locator("#told").wait_for()


def code_missing(site: Site, page: Page) -> None:
    _with_cards(site, page)
    _code_told(page, "")


def code_unknown(site: Site, page: Page) -> None:
    _with_cards(site, page)
    _code_told(page, "WRONG-CODE")


def code_spent(site: Site, page: Page) -> None:
    code = _with_cards(site, page)
    address = page.url
    page.locator("#code").fill(code)
    turn_to_end(page)
    send_button(page).click()
    page.locator("main[data-page=thanks]").wait_for()
    page.goto(address)
    _code_told(page, code)


def code_spent_without_script(site: Site, page: Page) -> None:
    block_script(page)
    code_spent(site, page)


def code_again(site: Site, page: Page) -> None:
    """A sheet that waited came with a wrong code, and somebody opens the page later."""
    _with_cards(site, page)
    page.locator("#code").fill("WRONG-CODE")
    choose(page, t1=4)
    turn_to_end(page)
    lose_connection(page)
    send_button(page).click()
    page.locator("main.notice").wait_for()
    find_connection(page)
    page.goto(page.url)
    page.locator("section.told form").wait_for()


def idle(site: Site, page: Page) -> None:
    """On a tablet that many people use, when nobody has touched it for a while."""
    let_pass(page, 0)
    page.goto(site.address + site.field(mode="kiosk").path)
    choose(page, t1=4)
    let_pass(page, 41)
    page.locator(".idle").wait_for()
    page.evaluate("document.fullscreenElement && document.exitFullscreen()")


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
    "wait": wait,
    "wait without script": wait_without_script,
    "code": code,
    "code missing": code_missing,
    "code unknown": code_unknown,
    "code spent": code_spent,
    "code spent without script": code_spent_without_script,
    "code again": code_again,
    "idle": idle,
    "front": front,
}
