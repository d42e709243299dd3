"""A sheet that cannot be sent waits sealed on the phone, arrives once, and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, socket

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.browser.answering import (
    NO_PAGE,
    choose,
    find_connection,
    lose_connection,
    next_button,
    send,
    send_button,
    turn_to_end,
    wait_until,
)
from tests.browser.conftest import Site
from tests.browser.serving import running_server
from tests.browser.test_footprint import LIES_ON_PHONE, nothing_stays
from tests.integration.pages.site import Fielded, Wish, field, opened, stored

pytestmark = pytest.mark.browser
EACH_DATABASE = True

Phones = Callable[..., Page]
IN_THE_QUEUE = """() => new Promise(done => {
    const request = indexedDB.open('sheets');
    request.onsuccess = () => {
        const asked = request.result.transaction('sheets').objectStore('sheets').getAll();
        asked.onsuccess = () => {
            request.result.close();
            done(asked.result.map(sheet => String.fromCharCode(...sheet.body)));
        };
    };
})"""


def fill_in(site: Site, page: Page) -> Fielded:
    fielded = site.field()
    page.goto(site.address + fielded.path)
    choose(page, area=2, t1=4)
    turn_to_end(page)
    return fielded


def send_in_vain(page: Page) -> None:
    send_button(page).tap()
    expect(page.locator("h1")).to_have_text("Not sent yet. Kept on this phone.")


def test_offline_then_online_a_sheet_arrives_once_and_the_person_is_told(
    site: Site, phones: Phones
) -> None:
    page = phones()
    fielded = fill_in(site, page)
    page.context.set_offline(True)
    send_in_vain(page)
    expect(page.get_by_text("open it again when there is a connection")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.get_by_role("button", name="Try now").tap()
    expect(page.get_by_role("status")).to_contain_text("Still no connection")
    assert stored(site.database, fielded) == []
    page.context.set_offline(False)
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["t1"], sheet["area"]) == (4, 2)
    assert nothing_stays(page)


def test_what_waits_cannot_be_read_on_the_phone(site: Site, phones: Phones) -> None:
    page = phones()
    fill_in(site, page)
    page.context.set_offline(True)
    send_in_vain(page)
    (waiting,) = page.evaluate(IN_THE_QUEUE)
    assert len(waiting) == 54 + 65 + 2048 + 16
    assert "t1=" not in waiting
    assert "area=" not in waiting
    assert page.locator("input").count() == 0


def test_a_closed_tab_sends_when_the_page_is_opened_again(site: Site, phones: Phones) -> None:
    page = phones()
    fielded = fill_in(site, page)
    context: BrowserContext = page.context
    context.set_offline(True)
    send_in_vain(page)
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(site.address + fielded.path)
    note = again.get_by_text("The answers that waited on this phone have arrived.")
    expect(note).to_be_visible()
    assert len(stored(site.database, fielded)) == 1
    assert nothing_stays(again)
    send(again)
    expect(again.locator("h1")).to_have_text("Thank you")
    assert len(stored(site.database, fielded)) == 2


def test_a_sheet_whose_reply_was_lost_is_queued_and_still_counted_once(
    site: Site, phones: Phones
) -> None:
    page = phones()
    fielded = fill_in(site, page)
    page.route("**/s/*", lambda route: (route.fetch(), route.abort()))
    page.route("**/s/*/sealed", lambda route: route.abort())
    send_in_vain(page)
    assert len(stored(site.database, fielded)) == 1
    find_connection(page)
    page.get_by_role("button", name="Try now").tap()
    expect(page.locator("h1")).to_have_text("Thank you")
    assert len(stored(site.database, fielded)) == 1
    assert nothing_stays(page)


def wake_worker(page: Page, address: str) -> None:
    """As a browser does when there is a connection; headless ones never do it by themselves."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: found.extend(one["registrationId"] for one in event["registrations"]),
    )
    session.send("ServiceWorker.enable")
    wait_until(page, lambda: bool(found))
    wake = {"origin": address, "registrationId": found[0], "tag": "sheets", "lastChance": False}
    session.send("ServiceWorker.dispatchSyncEvent", wake)


def test_a_worker_sends_with_the_page_closed_and_is_gone_afterwards(
    site: Site, phones: Phones
) -> None:
    page = phones()
    context: BrowserContext = page.context
    fielded = fill_in(site, page)
    assert page.evaluate(LIES_ON_PHONE)["workers"] == 0
    lose_connection(page)
    send_in_vain(page)
    assert page.evaluate(LIES_ON_PHONE)["workers"] == 1
    other = context.new_page()
    other.goto(site.address + "/nowhere")
    page.close()
    wake_worker(other, site.address)
    assert nothing_stays(other)
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert sheet["answers"]["t1"] == 4


def test_leaving_takes_what_waits_along(site: Site, phones: Phones) -> None:
    page = phones()
    page.route("https://www.weather.gov/**", lambda route: route.fulfill(body="Sunny."))
    fielded = fill_in(site, page)
    lose_connection(page)
    send_in_vain(page)
    page.get_by_role("link", name="Leave now").tap()
    page.wait_for_url("https://www.weather.gov/")
    page.goto(site.address + "/nowhere")
    assert nothing_stays(page)
    assert stored(site.database, fielded) == []


def test_a_sheet_older_than_three_days_is_removed_and_the_person_is_told(
    site: Site, phones: Phones
) -> None:
    page = phones()
    fielded = fill_in(site, page)
    page.clock.install()
    lose_connection(page)
    send_in_vain(page)
    find_connection(page)
    page.clock.fast_forward(73 * 3600 * 1000)
    expect(page.locator("h1")).to_have_text("Your answers were not taken")
    assert stored(site.database, fielded) == []
    assert nothing_stays(page)


@dataclass(frozen=True)
class OwnServer:
    """One that a test starts and stops, at the same address, over a database of its own."""

    database: Database
    folder: Path
    fielded: Fielded
    port: int

    def running(self) -> AbstractContextManager[str]:
        url = self.database.url.render_as_string(hide_password=False)
        return running_server(url, self.folder, port=self.port)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.proof)])
def own_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OwnServer]:
    database = Database(request.getfixturevalue(f"{request.param}_url"))
    keys = CountKeyStore(tmp_path / "count-keys", tmp_path / "secrets" / "count-master")
    with socket() as held:
        # Bound and never listening: the server may share the port, nobody else is given it.
        held.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield OwnServer(database, tmp_path, field(database, keys, **Wish()), held.getsockname()[1])
    database.dispose()


def test_a_server_that_is_down_while_sending_gets_the_sheet_when_it_is_back(
    own_server: OwnServer, phones: Phones
) -> None:
    page = phones()
    with own_server.running() as address:
        page.goto(address + own_server.fielded.path)
        choose(page, t1=4)
        turn_to_end(page)
    send_in_vain(page)
    with own_server.running():
        page.get_by_role("button", name="Try now").tap()
        expect(page.locator("h1")).to_have_text("Thank you")
        assert len(stored(own_server.database, own_server.fielded)) == 1
        assert nothing_stays(page)


def test_without_script_the_browser_sends_again_when_its_page_of_trouble_is_loaded_again(
    own_server: OwnServer, phones: Phones
) -> None:
    page = phones(java_script_enabled=False)
    with own_server.running() as address:
        page.goto(address + own_server.fielded.path)
        choose(page, t1=4)
    with page.expect_event("requestfailed"):
        send_button(page).tap(no_wait_after=True)
    page.wait_for_url(NO_PAGE, wait_until="commit")
    with own_server.running():
        for told in ("Thank you", "Answers from this page have already arrived"):
            page.reload()
            expect(page.locator("h1")).to_have_text(told)
        assert len(stored(own_server.database, own_server.fielded)) == 1


def test_the_page_works_again_from_the_first_screen_after_a_queue_was_emptied(
    site: Site, phones: Phones
) -> None:
    page = phones()
    fielded = fill_in(site, page)
    lose_connection(page)
    send_in_vain(page)
    find_connection(page)
    page.get_by_role("button", name="Try now").tap()
    page.get_by_role("link", name="Another person").tap()
    next_button(page).wait_for()
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    assert len(stored(site.database, fielded)) == 2
