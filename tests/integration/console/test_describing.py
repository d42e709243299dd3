"""What residents are told, as staff write it."""

from __future__ import annotations

import re

from app.db import Database
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import DRAFTS, INITIATIVE, _created, _wave
from tests.unit.app.initiatives.test_logo import chunk, png

TOLD = {
    **INITIATIVE,
    "paid_by.en": "The city",
    "complaint.en": "The ombudsperson, room 4",
    "retention.en": "24 months",
    "time_zone": "America/Denver",
    "starts_on": "2026-12-01",
    "youngest": "16",
    "asks_age": "yes",
}


def _resident_page(browser: Browser, wave: str, database: Database, w: WorkerSettings) -> str:
    made = browser.post(f"{wave}/collectors", {"label": "Library", "mode": "phone_web"})
    path = re.search(r"https://rapport\.example(/s/\w{16})", made.text)
    assert path is not None
    browser.post(f"{wave}/open", DRAFTS)
    run_until_empty(database, w)
    return browser.get(path[1]).text


def test_residents_read_every_part_of_the_notice(
    browser: Browser, owner: Owner, database: Database, worker_settings: WorkerSettings
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    spoken = {k.replace(".en", ".es"): f"ES {v}" for k, v in TOLD.items() if k.endswith(".en")}
    browser.post(f"{initiative}/edit", spoken | TOLD)
    form = browser.get(f"{initiative}/edit").text
    assert 'value="2026-12-01"' in form
    assert "<option selected>America/Denver" in form
    _upload(browser, f"{initiative}/logo", png(more=chunk(b"tEXt", b"Author\0Smith")))
    page = _resident_page(
        browser, _wave(browser, initiative, "baseline"), database, worker_settings
    )
    for words in ("The city", "The ombudsperson, room 4", "24 months", "aged 16 or older"):
        assert words in page
    assert "Yes, I am 16 or older" in page
    logo = re.search(r'src="(/s/logo/\w{16})" alt="" width="8" height="4"', page)
    assert logo is not None
    picture = browser.get(logo[1])
    assert picture.headers["content-type"] == "image/png"
    assert picture.headers["cache-control"] == "no-store"
    assert b"Smith" not in picture.content
    with database.writing() as session:
        session.connection()  # the lock is held from here on, as while a large wave is counted
        assert browser.get(logo[1]).content == picture.content


def test_what_stands_in_the_questions_stays_once_a_wave_was_opened(
    browser: Browser, owner: Owner, database: Database, worker_settings: WorkerSettings
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    _resident_page(browser, _wave(browser, initiative, "baseline"), database, worker_settings)
    refused = browser.post(f"{initiative}/edit", INITIATIVE | {"police_name.en": "the new police"})
    assert refused.status_code == 409
    assert "it stands in the questions" in refused.text
    assert 'value="the new police"' in refused.text
    aged = browser.post(f"{initiative}/edit", INITIATIVE | {"youngest": "15"})
    assert aged.status_code == 409
    changed = browser.post(f"{initiative}/edit", INITIATIVE | {"paid_by.en": "A foundation"})
    assert changed.status_code == 200
    assert "A foundation" in browser.get(f"{initiative}/edit").text


def test_a_logo_that_is_none_is_told_and_one_can_be_removed(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    refused = _upload(browser, f"{initiative}/logo", b"<svg onload='alert(1)'/>")
    assert refused == 422
    assert _upload(browser, f"{initiative}/logo", b"") == 422
    assert _upload(browser, f"{initiative}/logo", png()) == 200
    address = f"/s/logo/{owner.agency_id}{initiative[-10:]}"
    assert browser.get(address).status_code == 200
    browser.post(f"{initiative}/logo/remove")
    assert browser.get(address).status_code == 404


def test_what_cannot_be_is_refused_and_nothing_is_kept(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    for name, text, told in (
        ("youngest", "7", "lies between 13 and 99"),
        ("youngest", "many", "is a whole number"),
        ("time_zone", "Mars/Olympus", "no time zone"),
        ("starts_on", "soon", "is no day"),
        ("contact", "x" * 201, "1 to 200 characters"),
    ):
        refused = browser.post("/staff/initiatives/new", INITIATIVE | {name: text})
        assert refused.status_code == 422
        assert told in re.sub(r"\s+", " ", refused.text)
    assert "Nothing here yet" in browser.get("/staff").text


def _upload(browser: Browser, path: str, content: bytes) -> int:
    sent = browser.upload(path, "logo", content)
    return sent.status_code
