"""The bare address says what this is and where staff sign in, and nothing else to anybody."""

from __future__ import annotations

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.factories import make_collector, make_wave
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_it_says_what_this_is_and_where_staff_sign_in(browser: Browser) -> None:
    page = browser.get("/")
    assert page.status_code == 200
    assert "how far they trust the police" in page.text
    assert '<a href="/staff/sign-in">Sign in</a>' in page.text
    assert browser.get("/staff/sign-in").status_code == 200
    assert "<script" not in page.text
    assert "set-cookie" not in page.headers
    assert len(page.content) < 14 * 1024


def test_it_is_the_same_whoever_has_agencies_and_surveys_here(
    browser: Browser, database: Database, count_keys: CountKeyStore, owner: Owner
) -> None:
    before = browser.get("/").content
    with database.writing() as session:
        make_collector(session, make_wave(session, state="open", keys=count_keys))
    enter_enrolled(browser, owner.email)
    assert browser.get("/").content == before
    for address in (b"/s/", b"/r/", b"/results/", b"/anonymity/", b"/entry/"):
        assert address not in before


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("es", "ltr", "Iniciar sesión"),
        ("ar", "rtl", "تسجيل الدخول"),
        ("vi", "ltr", "Đăng nhập"),
    ],
)
def test_it_speaks_every_language_of_the_pages_for_residents(
    browser: Browser, language: str, direction: str, words: str
) -> None:
    for page in (
        browser.get(f"/?lang={language}"),
        browser.get("/", **{"accept-language": f"{language};q=0.9, fr"}),
    ):
        assert f'<html lang="{language}" dir="{direction}">' in page.text
        assert words in page.text
        assert page.headers["vary"] == "accept-language"
    assert '<html lang="en"' in browser.get("/?lang=xx").text
