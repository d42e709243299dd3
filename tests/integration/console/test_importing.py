"""A baseline taken elsewhere, brought in by staff page by page; the pages carry it, sealed."""

from __future__ import annotations

import html
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from app.db import Database
from tests.integration.accounts.people import STAFF_PASSWORD, Owner, hire
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import _created, _wave

EXPORTS = Path(__file__).parents[2] / "unit" / "app" / "imports" / "exports"
GOOGLE = (EXPORTS / "google_forms.csv").read_bytes()
HOW = {
    "first_day": "2025-03-04",
    "last_day": "2025-03-06",
    "mode": "phone_web",
    "recruitment": "open",
    "language": "en",
    "confirm": "yes",
}
SECRETS = ("ana@example.org", "9:14:55", "Dan Brown", "555-010-2233")


@pytest.fixture
def address(browser: Browser, owner: Owner) -> str:
    """Where the first baseline of an agency's first initiative is imported."""
    enter_enrolled(browser, owner.email)
    wave = _wave(browser, _created(browser), "baseline")
    return wave.replace("/staff/waves/", "/staff/imports/")


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None, page[:2000]
    return html.unescape(found[1])


def chosen(page: str) -> dict[str, str]:
    """What the form would send as it stands."""
    fields: dict[str, str] = {}
    for name, options in re.findall(
        r'<select[^>]* ?name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL
    ):
        found = re.search(r'value="([^"]*)" selected', options)
        fields[name] = html.unescape(found[1]) if found else ""
    for name in re.findall(r'type="checkbox" name="([^"]+)" value="yes" checked', page):
        fields[name] = "yes"
    return fields


def field_of(page: str, heading: str) -> str:
    """The number of the column with this heading."""
    found = re.search(rf"{re.escape(heading)}</legend>.*?question-(\d+)", page, re.DOTALL)
    assert found is not None
    return found[1]


def columns_page(browser: Browser, address: str, content: bytes = GOOGLE) -> str:
    return browser.upload(address, "file", content).text


def answers_page(browser: Browser, address: str, **changed: str) -> str:
    page = columns_page(browser, address)
    fields = chosen(page) | {"carried": hidden(page, "carried")}
    race = field_of(page, "What is your race or ethnicity?")
    fields |= {f"question-{race}": "race", f"separator-{race}": ";", f"same-{race}": "yes"}
    return browser.post(f"{address}/columns", fields | changed).text


def test_a_file_becomes_the_baseline_in_three_pages(
    browser: Browser, address: str, database: Database
) -> None:
    page = columns_page(browser, address)
    assert "Google Forms, 4 rows. Read as CSV, UTF-8, comma." in page
    assert "Timestamp</bdi>: time or date" in page
    assert not [secret for secret in SECRETS if secret in page]
    page = answers_page(browser, address)
    assert "White" in page
    assert not [secret for secret in SECRETS if secret in page]
    fields = chosen(page) | {name: hidden(page, name) for name in ("carried", "choices")}
    done = browser.post(f"{address}/answers", fields | HOW)
    assert done.url.path == address
    assert "4 of 4 rows were imported" in done.text
    assert "never imported (e-mail address)" in done.text
    wave = browser.get(address.replace("imports", "waves")).text
    assert "imported" in wave
    assert f'href="{address}"' in wave
    with database.reading() as session:
        log = session.execute(text("SELECT act FROM audit_entry")).scalars().all()
        rows = session.execute(text("SELECT answers FROM response")).scalars().all()
    assert log.count("import baseline") == 1
    assert len(rows) == 4
    again = browser.upload(address, "file", GOOGLE)
    assert again.status_code == 409


def test_what_has_no_answer_is_shown_and_nothing_is_imported(
    browser: Browser, address: str, database: Database
) -> None:
    page = answers_page(browser, address)
    fields = chosen(page) | {name: hidden(page, name) for name in ("carried", "choices")}
    some = next(name for name in fields if name.startswith("answer-"))
    refused = browser.post(f"{address}/answers", fields | HOW | {some: ""})
    assert refused.status_code == 422
    assert "no answer is named for" in refused.text
    assert 'class="unnamed"' in refused.text
    assert chosen(refused.text)["mode"] == "phone_web"
    unconfirmed = {name: sent for name, sent in (fields | HOW).items() if name != "confirm"}
    assert "Confirm that" in browser.post(f"{address}/answers", unconfirmed).text
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM response")).scalar_one() == 0


def test_nothing_is_kept_between_the_pages(
    browser: Browser, address: str, database: Database, tmp_path: Path
) -> None:
    answers_page(browser, address)
    with database.reading() as session:
        for table in ("response", "free_text", "remembered_mapping", "export_chunk"):
            count = text(f"SELECT count(*) FROM {table}")  # noqa: S608 - names above
            assert session.execute(count).scalar_one() == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written
    for path in written:
        content = path.read_bytes()
        assert b"Hispanic or Latino;" not in content
        assert b"ana@example.org" not in content


def test_what_a_page_carries_is_sealed_for_this_person_and_wave(
    browser: Browser, address: str
) -> None:
    page = columns_page(browser, address)
    carried = hidden(page, "carried")
    initiative = re.search(r'href="(/staff/initiatives/\w+)"', page)
    assert initiative is not None
    other = _wave(browser, initiative[1], "baseline").replace("waves", "imports")
    for path, sent in (
        (other, carried),
        (address, carried[:-8] + "AAAAAAA="),
        (address, ""),
        (address, "é"),
    ):
        refused = browser.post(f"{path}/columns", {"carried": sent, "question-2": "t1"})
        assert refused.status_code == 422
        assert "Choose the file again" in refused.text


def test_a_mapping_is_remembered_for_the_next_file_with_these_headings(
    browser: Browser, address: str
) -> None:
    page = answers_page(browser, address)
    fields = chosen(page) | {name: hidden(page, name) for name in ("carried", "choices")}
    done = browser.post(f"{address}/answers", fields | HOW)
    initiative = re.search(r'href="(/staff/initiatives/\w+)"', done.text)
    assert initiative is not None
    other = _wave(browser, initiative[1], "baseline").replace("waves", "imports")
    page = columns_page(browser, other)
    assert "mapped a file with these headings before" in page
    race = field_of(page, "What is your race or ethnicity?")
    found = chosen(page)
    assert (found[f"question-{race}"], found[f"separator-{race}"]) == ("race", ";")


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "Choose a file first"), (b"a\n1\n", "one column only"), (b"PK\x03\x04", "no XLSX")],
)
def test_a_file_that_cannot_be_read_is_told_on_the_page(
    browser: Browser, address: str, content: bytes, words: str
) -> None:
    page = browser.upload(address, "file", content)
    assert page.status_code == 422
    assert words in page.text


def test_only_who_runs_waves_imports(
    browser: Browser, address: str, database: Database, owner: Owner
) -> None:
    page = columns_page(browser, address)
    carried = hidden(page, "carried")
    browser.post("/staff/sign-out")
    email = hire(database, owner.agency_id, "author")
    browser.post("/staff/sign-in", {"email": email, "password": STAFF_PASSWORD})
    assert browser.get(address).status_code == 404
    assert browser.upload(address, "file", GOOGLE).status_code == 404
    sent = browser.send(f"{address}/columns", urlencode({"carried": carried, "question-2": "t1"}))
    assert sent.status_code == 404
