"""What the attacks found is kept by the command, published by an owner, and read by anyone."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from app.accounts.audit import recent_acts
from app.db import Database
from app.responses.linkage.published import Proof, keep_proof, newest_proof
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.commands.rapport import environment, run
from tests.integration.console.test_console import _sign_in_as

FOUND = Proof(date(2026, 11, 21), "0.1.0", 1000, 2, 1000, 0, 0, holds=True)
LEAKY = Proof(date(2026, 11, 22), "0.1.0", 1000, 999, 1000, 0, 0, holds=False)


def keep(database: Database, owner: Owner, proof: Proof) -> None:
    with database.writing() as session:
        keep_proof(session, owner.agency_id, proof)


def address(owner: Owner) -> str:
    return f"/anonymity/{owner.agency_id}"


def test_nothing_is_public_before_an_owner_wants_it_and_after_it_was_withdrawn(
    browser: Browser, database: Database, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    assert "prove-anonymity --keep" in browser.get("/staff/anonymity").text
    refused = browser.post("/staff/anonymity/publish")
    assert refused.status_code == 409
    keep(database, owner, FOUND)
    assert browser.get(address(owner)).status_code == 404
    assert browser.post("/staff/anonymity/publish").status_code == 200
    page = browser.get(address(owner))
    assert page.status_code == 200
    for words in (
        "2 of 1000",
        "placed 1000 of 1000",
        "Tried on November 21, 2026 with version 0.1.0",
    ):
        assert words in page.text
    assert "<script" not in page.text
    assert len(page.content) < 14 * 1024
    keep(database, owner, LEAKY)  # what stands there stays until an owner changes it
    assert "November 21, 2026" in browser.get(address(owner)).text
    assert browser.post("/staff/anonymity/publish").status_code == 409
    assert browser.post("/staff/anonymity/withdraw").status_code == 200
    assert browser.get(address(owner)).status_code == 404
    assert browser.post("/staff/anonymity/withdraw").status_code == 409
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, owner.agency_id)]
    assert acts[:4] == [
        "withdraw proof of anonymity",
        "prove anonymity",
        "publish proof of anonymity",
        "prove anonymity",
    ]


@pytest.mark.parametrize(
    ("language", "direction", "words"),
    [
        ("es", "ltr", "2 de 1000"),
        ("ar", "rtl", "2 من 1000"),
        ("vi", "ltr", "2 trên 1000"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_it_speaks_every_language_of_the_survey(
    browser: Browser,
    database: Database,
    owner: Owner,
    language: str,
    direction: str,
    words: str,
) -> None:
    keep(database, owner, FOUND)
    enter_enrolled(browser, owner.email)
    browser.post("/staff/anonymity/publish")
    page = browser.get(f"{address(owner)}?lang={language}").text
    assert f'<html lang="{language}" dir="{direction}">' in page
    assert words in page


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_owners_publish_and_no_other_address_leads_anywhere(
    browser: Browser, database: Database, owner: Owner
) -> None:
    keep(database, owner, FOUND)
    browser.post("/staff/anonymity/publish")
    assert browser.get(address(owner)).status_code == 404
    _sign_in_as(browser, database, owner, "fieldwork")
    assert browser.get("/staff/anonymity").status_code == 404
    assert browser.post("/staff/anonymity/publish").status_code == 404
    for other in ("000000", "x", "0" * 400, "%00", "..%2f"):
        assert browser.get(f"/anonymity/{other}").status_code == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_keeps_what_it_found_for_each_agency(
    database: Database, owner: Owner, tmp_path: Path
) -> None:
    url = database.url.render_as_string(hide_password=False)
    done = run("prove-anonymity", "--keep", env=environment(url, tmp_path / "worker"))
    assert done.returncode == 0, done.stderr
    with database.reading() as session:
        proof = newest_proof(session, owner.agency_id)
    assert proof is not None
    told = [int(exact) for exact in re.findall(r"responses by .+?: (\d+)", done.stdout)]
    assert (proof.people, proof.best, proof.ledger, proof.holds) == (1000, max(told), 1000, True)
