"""Staff come in, invite and look: on a phone and on a desk, in both languages, light and dark."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
import uvicorn
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument

from app.accounts.staff import create_owner, invite, send_reset
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off, violations
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, phone_code
from tests.integration.accounts.single_sign_on.identity_provider import (
    BETWEEN_US,
    CLIENT,
    Provider,
    identity_provider,
)

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1280, "height": 900}, "is_mobile": False, "has_touch": False}
LOOKS = [
    {"locale": "es-MX", "color_scheme": "dark"},
    {**DESK, "locale": "en-US", "color_scheme": "light"},
]


def _owner(site: Site, email: str) -> tuple[str, str]:
    """The address of a page to choose a new password on, and the path of the owner's own page."""
    with site.database.writing() as session:
        agency_id = make_agency(session, "City of Riverside").agency_id
        owner = create_owner(
            session, agency_id, email=email, name="Ana Ruiz", password=OWNER_PASSWORD
        )
        token = send_reset(session, agency_id, owner.id, owner.id)
        return f"{site.address}/staff/link/{token}", f"/staff/people/{owner.id}"


def _looks_right(page: Page) -> None:
    assert violations(page) == []
    assert cut_off(page) == []


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_every_staff_page_can_be_read_and_used_by_everyone(
    site: Site, phones: Callable[..., Page], look: dict[str, object]
) -> None:
    page = phones(**look)
    email = f"ana-{look['color_scheme']}@city.example"
    link, own = _owner(site, email)
    page.goto(link)
    _looks_right(page)
    page.goto(f"{site.address}/staff")
    _looks_right(page)
    page.fill("#email", email)
    page.fill("#password", "wrong")
    follow(page, "main button")
    assert page.locator("[role=alert]").is_visible()
    _looks_right(page)
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    _looks_right(page)
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")
    assert page.locator(".codes li").count() == 10
    _looks_right(page)
    follow(page, "main a")
    _looks_right(page)
    _changing_a_password_looks_right(page, site)
    page.goto(site.address + own)
    page.check("[value=auditor]")
    _looks_right(page)
    page.goto(f"{site.address}/staff/people")
    page.fill("#name", "Bo Li")
    page.fill("#email", f"bo-{look['color_scheme']}@partner.example")
    page.check("[value=analyst]")
    _looks_right(page)
    follow(page, "main button")
    assert "/staff/link/" in page.inner_text(".card")
    _looks_right(page)
    page.goto(site.address + own)
    page.check("[value=auditor]")
    follow(page, "main form.card button")
    assert page.url.endswith("/staff/sign-in")


def _changing_a_password_looks_right(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/staff/password")
    _looks_right(page)
    page.fill("#present", OWNER_PASSWORD)
    page.fill("#password", "one thing")
    page.fill("#again", "another thing")
    follow(page, "main form button")
    assert page.locator("[role=alert]").is_visible()
    _looks_right(page)


def test_the_second_step_and_the_log_can_be_read_by_everyone(
    site: Site, phones: Callable[..., Page]
) -> None:
    page = phones(locale="es-MX")
    _, own = _owner(site, "eva@city.example")
    page.goto(f"{site.address}/staff")
    page.fill("#email", "eva@city.example")
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")
    recovery = page.inner_text(".codes li >> nth=0")
    page.goto(site.address + own)
    page.check("[value=auditor]")
    follow(page, "main form.card button")
    page.fill("#email", "eva@city.example")
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    _looks_right(page)
    page.fill("#code", recovery)
    follow(page, "main button")
    page.goto(f"{site.address}/staff/audit")
    assert page.locator("tbody tr").count() >= 4
    _looks_right(page)


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_every_page_of_the_console_can_be_read_and_used_by_everyone(
    site: Site, phones: Callable[..., Page], look: dict[str, object]
) -> None:
    page = phones(**look)
    email = f"console-{look['color_scheme']}@city.example"
    _owner(site, email)
    page.goto(f"{site.address}/staff")
    page.fill("#email", email)
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")
    page.goto(f"{site.address}/staff")
    _looks_right(page)
    follow(page, "a.action")
    _looks_right(page)
    page.fill("#title-en", "Walking beats")
    page.fill("#police_name-en", "the Riverside police")
    _is_refused_and_mended_by_keyboard(page)
    _looks_right(page)
    for details in page.locator("details").all():
        details.evaluate("part => part.open = true")
    _looks_right(page)
    page.fill("#name-en", "Mill Street")
    follow(page, "form[action$=areas] button")
    page.locator("details").first.evaluate("part => part.open = true")
    page.fill("#label-en", "Before, spring")
    follow(page, "form[action$=waves] button")
    _looks_right(page)
    page.fill("#label", "Poster in the library")
    follow(page, "form[action$=collectors] button")
    assert "/s/" in page.inner_text("td a[href*='/s/']")
    _looks_right(page)
    _deleting_looks_right(page)
    _eight_cards_fit_on_a_page(page)
    for step in ("try", "fieldwork", "close"):
        page.goto(f"{page.url.partition('#')[0]}/{step}")
        _looks_right(page)
        if step == "try":
            follow(page, "form button")
            _looks_right(page)
        page.goto(page.url.rpartition("/")[0])
    follow(page, "form[action$=close] button, form[action$=open] button")
    _looks_right(page)
    follow(page, "main p a")
    initiative = page.url
    follow(page, "a[href$=reports]")
    _looks_right(page)
    _what_is_set_up_looks_right(page, site, initiative)


def _is_refused_and_mended_by_keyboard(page: Page) -> None:
    """Past the menu, to the reason, to the field it is about, and on; without a pointer."""
    page.fill("#youngest", "eighteen")
    page.press("#youngest", "Enter")
    reason = page.locator("#problem")
    expect(reason).to_be_focused()
    _looks_right(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#youngest$"))
    field = page.locator("#youngest")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "problem youngest-hint")
    page.goto(page.url.partition("#")[0])
    page.keyboard.press("Tab")
    skip = page.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")
    page.fill("#title-en", "Walking beats")
    page.fill("#police_name-en", "the Riverside police")
    page.fill("#run_by-en", "Riverside Neighbours")
    page.press("#title-en", "Enter")


def _deleting_looks_right(page: Page) -> None:
    """Of a way in and of its wave, on the pages that ask first; and where it is refused."""
    here = page.url.partition("#")[0]
    paths = page.eval_on_selector_all("a[href$='/delete']", "all => all.map(each => each.href)")
    assert len(paths) == 2, "the way in and the wave"
    for path in paths:
        page.goto(path)
        assert page.locator("button.danger").is_visible()
        _looks_right(page)
    page.goto(f"{here.partition('/waves/')[0]}/instruments/pulse/delete")
    assert page.locator("button.danger").count() == 0
    _looks_right(page)
    page.goto(here)


def _eight_cards_fit_on_a_page(page: Page) -> None:
    """Of either paper that an agency may have."""
    wave = page.url
    for details in page.locator("details").all():
        details.evaluate("part => part.open = true")
    page.fill("#label", "Cards by post")
    page.select_option("select[name=recruitment]", "single_use_code")
    page.click("form[action$=collectors] button")
    for details in page.locator("details").all():
        details.evaluate("part => part.open = true")
    page.fill("form[action$=cards] [name=codes]", "16")
    page.fill("form[action$=cards] [name=tests]", "0")
    page.click("form[action$=cards] button[name=sheet]")
    expect(page.locator(".cut-out li")).to_have_count(16)
    _looks_right(page)
    for paper in ("A4", "Letter"):
        printed = PdfDocument(page.pdf(format=paper))
        assert len(printed) == 2, paper
        printed.close()
    page.goto(wave)


def _what_is_set_up_looks_right(page: Page, site: Site, initiative: str) -> None:
    for path in ("/edit", "/planner", "/plan"):
        page.goto(initiative + path)
        for details in page.locator("details").all():
            details.evaluate("part => part.open = true")
        _looks_right(page)
    page.fill(
        "#margins", "variable;level;count\ngender;1;510\ngender;2;470\ngender;3;10\ngender;4;10"
    )
    follow(page, "button[name=save]")
    assert page.locator("#population caption").count() == 1
    _looks_right(page)
    page.goto(f"{site.address}/staff/instruments")
    _looks_right(page)
    follow(page, "a[href$=core_trust]")
    page.locator("details").first.evaluate("part => part.open = true")
    _looks_right(page)
    page.goto(page.url + "/differences?before=pulse")
    _looks_right(page)


@contextmanager
def _site_with_single_sign_on(database: Database, folder: Path, issuer: str) -> Iterator[str]:
    """It has to know its own address beforehand: the provider sends browsers back to it."""
    (folder / "oidc-secret").write_text(BETWEEN_US, "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as door:
        address = f"http://127.0.0.1:{door.getsockname()[1]}"
        settings = Settings(
            database_url=database.url.render_as_string(hide_password=False),
            base_url=address,
            web_key_store=folder / "web-keys",
            web_master_file=folder / "secrets" / "web-master",
            oidc_issuer=issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret_file=folder / "oidc-secret",
            oidc_name="City login",
        )
        server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="error"))
        thread = Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            yield address
        finally:
            server.should_exit = True
            thread.join()


def _elsewhere(provider: Provider) -> str:
    """Another site to the browser, which then sends no cookie that is only for its own."""
    provider.issuer = provider.issuer.replace("127.0.0.1", "localhost")
    return provider.issuer


def test_who_signs_in_at_the_city_joins_leaves_and_comes_back(
    phones: Callable[..., Page], sqlite_url: str, tmp_path: Path
) -> None:
    database, page = Database(sqlite_url), phones(**DESK)
    with database.writing() as session:
        agency_id = make_agency(session, "City of Riverside").agency_id
        person = {"email": "bo@city.example", "name": "Bo Li"}
        _, token = invite(session, agency_id, None, roles=["analyst"], **person)
    with (
        identity_provider() as provider,
        _site_with_single_sign_on(database, tmp_path, _elsewhere(provider)) as address,
    ):
        page.goto(f"{address}/staff/link/{token}")
        _looks_right(page)
        page.get_by_role("link", name="Join with City login").click()
        page.wait_for_url(f"{address}/staff**")
        page.goto(f"{address}/staff/account")
        assert "Bo Li" in page.inner_text("body")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.wait_for_url(f"{address}/staff/sign-in")
        _looks_right(page)
        page.get_by_role("link", name="City login").click()
        page.wait_for_url(lambda url: url.startswith(f"{address}/staff") and "sign-in" not in url)
        page.goto(f"{address}/staff/account")
        assert "Bo Li" in page.inner_text("body")
        page.context.clear_cookies()
        provider.person = {"sub": "somebody else"}
        page.goto(f"{address}/staff/sign-in")
        page.get_by_role("link", name="City login").click()
        page.get_by_text("nobody has let you in here yet").wait_for()
        assert page.locator("[aria-invalid]").count() == 0, "nothing was typed"
        _looks_right(page)
    database.dispose()
