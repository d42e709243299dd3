"""A reviewer reads and proposes: on a phone and on a desk, in both languages, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.answering import follow
from tests.browser.conftest import Site
from tests.browser.test_staff_pages import LOOKS, _looks_right
from tests.integration.accounts.people import STAFF_PASSWORD, hire
from tests.integration.retention.files import Answered, answered

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def waves(site: Site) -> list[Answered]:
    """Before there is a browser: sheets are sent by asyncio, which does not run beside one."""
    return [answered(site.database, site.count_keys, None) for _ in LOOKS]


@pytest.mark.parametrize("look", LOOKS, ids=["phone", "desk"])
def test_the_review_can_be_read_and_done_by_everyone(
    site: Site, waves: list[Answered], phones: Callable[..., Page], look: dict[str, object]
) -> None:
    wave = waves[LOOKS.index(look)]
    email = hire(site.database, wave.agency_id, "reviewer")
    page = phones(**look)
    page.goto(f"{site.address}/staff")
    page.fill("#email", email)
    page.fill("#password", STAFF_PASSWORD)
    follow(page, "main button")
    page.goto(f"{site.address}/staff/texts")
    _looks_right(page)
    follow(page, "main h2 a")
    _looks_right(page)
    page.fill("#words", "Not what was written")
    follow(page, "form[action$=quote] button")
    assert page.locator("[role=alert]").is_visible()
    page.fill("#words", page.inner_text("blockquote >> nth=0"))
    follow(page, "form[action$=quote] button")
    assert page.locator("[role=status]").is_visible()
    _looks_right(page)
