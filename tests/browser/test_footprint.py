"""What a visit costs, and what it leaves behind: one request, few bytes, nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.states import STATES, State

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


@pytest.mark.parametrize("has_script", [False, True], ids=["no script", "script"])
@pytest.mark.parametrize("language", ["en", "es", "ar"])
def test_the_first_page_is_one_request_of_one_round_trip(
    site: Site, phones: Phones, *, has_script: bool, language: str
) -> None:
    page = phones(java_script_enabled=has_script, locale=language)
    trace = Trace().follow(page)
    address = site.address + site.field(kind="follow_up").path
    page.goto(address, wait_until="networkidle")
    assert trace.requests == [address]
    assert 0 < trace.received <= ROUND_TRIP_BYTES


@pytest.mark.parametrize("reach", STATES.values(), ids=STATES)
def test_no_visit_leaves_anything_on_the_phone(site: Site, phones: Phones, reach: State) -> None:
    page = phones()
    trace = Trace().follow(page)
    reach(site, page)
    page.wait_for_load_state("networkidle")
    assert {url.split("/")[2] for url in trace.requests} == {site.address.split("/")[2]}
    refusals = [said for said in trace.complaints if "Failed to load resource" not in said]
    assert refusals == []
    assert page.context.cookies() == []
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
    assert page.evaluate("sessionStorage.length") == 0
    assert page.evaluate("caches.keys()") == []
    assert page.evaluate("navigator.serviceWorker.getRegistrations()") == []


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
    page.wait_for_timeout(300)
    assert page.locator("main").is_visible()
    assert any("style-src" in said for said in trace.complaints)
    assert any("img-src" in said for said in trace.complaints)


def test_the_server_says_nothing_of_itself_over_the_wire(site: Site, phones: Phones) -> None:
    page = phones()
    answer = page.goto(site.address + site.field().path)
    assert answer is not None
    assert "server" not in answer.all_headers()
    assert answer.header_value("content-encoding") == "gzip"
