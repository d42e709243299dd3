"""What is due and how it is erased: on a phone and on a desk, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_staff_pages import LOOKS, _looks_right
from tests.integration.accounts.people import OWNER_PASSWORD, phone_code
from tests.integration.exports.holders import make_holder
from tests.integration.retention.files import REASON, Answered, answered

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def waves(site: Site) -> list[Answered]:
    """Before there is a browser: sheets are sent by asyncio, which does not run beside one."""
    return [answered(site.database, site.count_keys, None) for _ in LOOKS]


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_erasing_can_be_read_and_asked_for_by_everyone(
    site: Site, waves: list[Answered], phones: Callable[..., Page], look: dict[str, object]
) -> None:
    wave = waves[LOOKS.index(look)]
    email = f"keeps-{look['color_scheme']}@city.example"
    make_holder(site.database, wave.agency_id, email, OWNER_PASSWORD)
    page = phones(**look)
    page.goto(f"{site.address}/staff")
    page.fill("#email", email)
    page.fill("#password", OWNER_PASSWORD)
    follow(page, "main button")
    page.fill("#code", phone_code(page.inner_text(".card code"), datetime.now(UTC)))
    follow(page, "main button")
    page.goto(f"{site.address}/staff/retention")
    _looks_right(page)
    follow(page, "main h2 a")
    _looks_right(page)
    page.goto(f"{site.address}/staff/initiatives/{wave.initiative_id}/records")
    _looks_right(page)
    page.go_back()
    page.fill("#reason", REASON)
    page.fill("#title", page.inner_text("main h2 >> nth=0"))
    follow(page, "main form button.danger")
    assert page.locator("#statement").is_visible()
    _looks_right(page)
    page.fill("#statement", "There is nobody else in this agency.")
    follow(page, "main form button.danger")
    assert page.locator("[role=status]").is_visible()
    _looks_right(page)
