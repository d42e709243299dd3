"""What a visit costs, and what it leaves behind: one request, few bytes, nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.answering import send_button, wait_until, words_of
from tests.browser.conftest import Site
from tests.browser.states import STATES, State
from tests.integration.pages.site import stored

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
ROUND_TRIP_BYTES = 14 * 1024


@dataclass
class Trace:
    """All that the browser asked for and said, from the first address on."""

    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    received: float = 0

    def follow(self, page: Page) -> Trace:
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", self._finished)
        return self

    def _finished(self, event: dict[str, Any]) -> None:
        self.received += event["encodedDataLength"]


@pytest.mark.parametrize("language", ["en", "es", "ar", "vi"])
def test_the_first_page_is_one_request_and_its_script_fits_beside_it(
    site: Site, phones: Phones, language: str
) -> None:
    fielded = site.field(kind="follow_up")
    for has_script in (False, True):
        page = phones(java_script_enabled=has_script, locale=language)
        trace = Trace().follow(page)
        page.goto(site.address + fielded.path, wait_until="networkidle")
        assert trace.requests[0] == site.address + fielded.path
        assert len(trace.requests) == 1 + has_script
        assert 0 < trace.received <= ROUND_TRIP_BYTES


@pytest.mark.parametrize("has_script", [False, True])
def test_another_language_is_one_request_more(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + site.field().path, wait_until="networkidle")
    trace = Trace().follow(page)
    page.get_by_role("link", name="العربية").tap()
    page.locator("html[lang=ar]").wait_for()
    page.wait_for_load_state("networkidle")
    asked = [url for url in trace.requests if "/s/script/" not in url]  # which the browser has kept
    assert asked == [page.url]
    assert 0 < trace.received <= ROUND_TRIP_BYTES


def test_the_page_is_painted_and_can_be_sent_while_its_script_has_not_come(
    site: Site, phones: Phones
) -> None:
    fielded = site.field(languages=["en"])
    page = phones()
    page.route("**/s/script/*", lambda _: None)
    page.goto(site.address + fielded.path, wait_until="commit")
    words_of(page, "t1", 4).tap()
    assert page.evaluate("performance.getEntriesByName('first-contentful-paint').length") == 1
    send_button(page).tap(no_wait_after=True)
    page.get_by_role("heading", name="Thank you").wait_for()
    assert len(stored(site.database, fielded)) == 1


LEAVES_A_DRAFT = {
    *("part", "sheet", "problems", "renewed", "arrived"),
    *("busy part", "no connection", "large text"),
    *("code", "code missing", "code unknown", "code spent"),
}
STAYS_WITH_THE_SURVEY = {"no page", "idle", "front"}
WAITS_SEALED = {"kept", "code again"}
LIES_ON_PHONE = """async () => ({
    draft: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
    caches: (await caches.keys()).length,
})"""
NOTHING = {"draft": 0, "databases": 0, "workers": 0, "caches": 0}


def nothing_stays(page: Page) -> bool:
    """A worker that was told to go is gone a moment later."""
    wait_until(page, lambda: bool(page.evaluate(LIES_ON_PHONE) == NOTHING))
    return page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}


@pytest.mark.parametrize(("name", "reach"), STATES.items(), ids=STATES)
def test_no_visit_leaves_anything_on_the_phone(
    site: Site, phones: Phones, name: str, reach: State
) -> None:
    page = phones()
    trace = Trace().follow(page)
    reach(site, page)
    assert {url.split("/")[2] for url in trace.requests} == {site.address.split("/")[2]}
    refusals = [said for said in trace.complaints if "Failed to load resource" not in said]
    assert refusals == []
    assert page.context.cookies() == []
    lies: dict[str, int] = page.evaluate(LIES_ON_PHONE)
    assert lies["draft"] == (name in LEAVES_A_DRAFT)
    assert lies["databases"] == (name in WAITS_SEALED)
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="Sunny."))
    if name not in STAYS_WITH_THE_SURVEY:
        page.locator(".leave").click()
        page.wait_for_url("https://www.weather.gov/")
        page.goto(site.address + "/nowhere")
    assert nothing_stays(page)


def test_a_planted_cookie_and_a_planted_request_are_seen(site: Site, phones: Phones) -> None:
    page = phones(bypass_csp=True)
    trace = Trace().follow(page)
    STATES["thanks"](site, page)
    page.evaluate("document.cookie = 'seen=1'; localStorage.setItem('seen', '1')")
    page.evaluate("fetch('/planted')")
    assert page.context.cookies()
    assert page.context.storage_state()["origins"]
    assert trace.requests[-1].endswith("/planted")


def test_the_policy_of_the_page_lets_no_foreign_script_or_style_in(
    site: Site, phones: Phones
) -> None:
    page = phones()
    trace = Trace().follow(page)
    STATES["sheet"](site, page)
    page.evaluate(
        """() => {
            const style = document.createElement('style');
            style.textContent = 'main { display: none }';
            document.head.append(style);
            const image = document.createElement('img');
            image.src = 'https://elsewhere.example/pixel.gif';
            document.body.append(image);
        }"""
    )
    for part in ("style-src", "img-src"):
        wait_until(page, lambda part=part: any(part in said for said in trace.complaints))
    assert page.locator("main").is_visible()


def test_the_server_says_nothing_of_itself_over_the_wire(site: Site, phones: Phones) -> None:
    page = phones()
    answer = page.goto(site.address + site.field().path)
    assert answer is not None
    assert "server" not in answer.all_headers()
    assert answer.header_value("content-encoding") == "br"
