"""A crowded network: with script the phone works and sends by itself, without it a person waits."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.browser.answering import choose, send
from tests.browser.conftest import Site
from tests.browser.crowd import CHURCH, crowd
from tests.browser.serving import running_server
from tests.integration.pages.site import field, opened, stored

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
LANGUAGES = pytest.mark.parametrize("language", ["en", "ar"])
THANKS = {"en": "Thank you", "ar": "شكرًا لك"}


@pytest.fixture
def address(sqlite_url: str, tmp_path: Path) -> Iterator[tuple[str, Database, CountKeyStore]]:
    """A server of its own: nothing but this test decides how crowded it is."""
    database = Database(sqlite_url)
    keys = CountKeyStore(tmp_path / "count-keys", tmp_path / "secrets" / "count-master")
    with running_server(sqlite_url, tmp_path) as address:
        yield address, database, keys
    database.dispose()


@LANGUAGES
def test_with_script_the_phone_works_and_sends_by_itself(
    address: tuple[str, Database, CountKeyStore], phones: Phones, language: str
) -> None:
    url, database, keys = address
    fielded = field(database, keys)
    crowd(url, fielded)
    page = phones(locale=language, extra_http_headers=CHURCH)
    replies: list[int] = []
    page.on("response", lambda r: replies.append(r.status) if r.request.method == "POST" else None)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url + fielded.path)
    choose(page, area=2, t1=4)
    send(page)
    expect(page.locator("h1")).to_have_text(THANKS[language])
    assert replies == [429, 429, 200]
    assert complaints == []
    assert len(stored(database, fielded)) == 31
    assert 4 in [sheet["answers"]["t1"] for sheet in opened(database, fielded, keys)]
    assert page.evaluate("sessionStorage.length + localStorage.length") == 0


@LANGUAGES
def test_without_script_the_page_says_how_long_to_wait(
    address: tuple[str, Database, CountKeyStore], phones: Phones, language: str
) -> None:
    url, database, keys = address
    fielded = field(database, keys)
    crowd(url, fielded)
    page = phones(java_script_enabled=False, locale=language, extra_http_headers=CHURCH)
    page.goto(url + fielded.path)
    choose(page, t1=4)
    send(page)
    expect(page.locator("[role=status]")).to_contain_text("20")
    expect(page.locator("form button")).to_be_visible()
    page.locator("form button").tap()
    expect(page.locator("[role=status]")).to_be_visible()
    assert len(stored(database, fielded)) == 30


def test_the_work_is_the_hash_that_the_server_checks(site: Site, phones: Phones) -> None:
    """The script's own SHA-256 against Python's, over tickets of every kind of sign."""
    script = Path("app/responses/pages/static/work.js").read_text(encoding="utf-8")
    opening, closing = "const firstWord = ", "\n  const send = "
    assert script.count(opening) == script.count(closing) == 1
    inside = script[script.index("  const root") : script.index(closing)]
    page = phones(bypass_csp=True)
    page.goto(site.address + "/healthz")
    texts = ["", "a", "abc", "-_" * 16 + ":0", "Zz09" * 8 + ":1234567890", "x" * 54]
    found = page.evaluate(f"(texts) => {{ {inside}; return texts.map(firstWord) }}", texts)
    for text, word in zip(texts, found, strict=True):
        expected = hashlib.sha256(text.encode()).digest()[:4]
        assert (word & 0xFFFFFFFF).to_bytes(4, "big") == expected


@pytest.mark.parametrize("has_script", [False, True])
def test_nobody_sees_or_reaches_the_field_for_programs(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    page = phones(java_script_enabled=has_script, locale="ar")
    page.goto(site.address + site.field().path)
    if has_script:
        choose(page, t1=4)
    trap = page.locator('[name="_website"]')
    assert trap.get_attribute("tabindex") == "-1"
    assert trap.get_attribute("autocomplete") == "off"
    label = trap.locator("xpath=..")
    expect(label).to_have_css("clip-path", "inset(50%)")
    expect(label).to_have_text("اترك هذا فارغًا")
    if has_script:
        assert page.evaluate("document.documentElement.scrollWidth") == 360
    send(page)
    expect(page.locator("h1")).to_have_text(THANKS["ar"])
