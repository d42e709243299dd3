"""Two reviewers in a browser, and what residents then read with the result."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from app.accounts.staff import choose_password, invite
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from tests.integration.accounts.people import STAFF_PASSWORD, hire
from tests.integration.accounts.staff_site import Browser
from tests.integration.api.programs import Program, api_site, token_for
from tests.integration.console.test_journey import _in
from tests.integration.reports.waves import TwoWaves, publish
from tests.integration.retention.files import Answered
from tests.integration.texts.second_wave import follow_up


def test_two_reviewers_agree_and_residents_read_it_with_the_result(
    browser: Browser, database: Database, count_keys: CountKeyStore, wave: Answered, tmp_path: Path
) -> None:
    after = follow_up(database, count_keys, wave)
    first, counter = (hire(database, wave.agency_id, role) for role in ("reviewer", "fieldwork"))
    page_path = f"/staff/texts/{wave.wave_id}"
    browser.post("/staff/sign-in", {"email": first, "password": STAFF_PASSWORD})
    assert "Still to read: 40." in browser.get("/staff/texts").text
    page = browser.get(page_path).text
    text_id = re.search(r'name="text" value="(\w{32})"', page)
    words = re.search(r"<blockquote dir=\"auto\"><p>(I say \w+)</p>", page)
    assert text_id
    assert words
    fields = {"text": text_id[1], "words": words[1]}
    refused = browser.post(page_path + "/quote", fields | {"words": "All is well"})
    assert refused.status_code == 422
    assert "never reworded" in refused.text
    page = browser.post(page_path + "/quote", fields).text
    assert "Another reviewer has to agree." in page
    quote = re.search(r"/staff/quotes/(\w{10})/taking-back", page)
    assert quote
    own = browser.post(f"/staff/quotes/{quote[1]}/approval")
    assert own.status_code == 409
    _in(browser, counter)
    assert browser.get(page_path).status_code == 404
    other = hire_another(database, wave.agency_id)
    _in(browser, other)
    agreed = browser.post(f"/staff/quotes/{quote[1]}/approval")
    assert "Nothing waits." in agreed.text
    _read_with_the_result(browser, database, wave, after, words[1])
    with api_site(database, tmp_path) as client:
        program = Program(client, token_for(database, wave.agency_id, "owner"), wave.agency_id)
        (item,) = program.get(f"/waves/{wave.wave_id}/quotes").json()["items"]
    assert item["words"] == words[1]
    assert item.keys() == {"id", "wave_id", "question", "words"}


def _read_with_the_result(
    browser: Browser, database: Database, wave: Answered, after: str, words: str
) -> None:
    """On the result page once a report is published, and as a file for who sees reports."""
    waves = TwoWaves(wave.agency_id, wave.initiative_id, wave.wave_id, after)
    result = f"/results/{wave.agency_id}{wave.initiative_id}"
    assert words not in browser.get(result).text
    report_id = compute_now(
        database, wave.agency_id, before_wave_id=wave.wave_id, after_wave_id=after
    )
    publish(database, waves, report_id)
    shown = browser.get(result).text
    assert "In people" in shown
    assert "What should the police here do?" in shown
    assert words in shown
    _in(browser, hire(database, wave.agency_id, "analyst"))
    rows = list(
        csv.reader(io.StringIO(browser.get(f"/staff/waves/{wave.wave_id}/quotes.csv").text))
    )
    assert rows[1:] == [["Before", "What should the police here do?", words]]
    assert "quotes.csv" in browser.get(f"/staff/initiatives/{wave.initiative_id}/downloads").text


def hire_another(database: Database, agency_id: str) -> str:
    with database.writing() as session:
        _, link = invite(
            session, agency_id, None, email="cy@city.example", name="Cy", roles=["reviewer"]
        )
        choose_password(session, link, STAFF_PASSWORD)
    return "cy@city.example"
