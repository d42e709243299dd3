"""What was made by mistake is deleted on a page of its own, which asks first."""

from __future__ import annotations

import html
import re
from typing import Final

import pytest
from sqlalchemy import select

from app.accounts.tables import AuditEntry
from app.db import Database
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import _created, _wave

SPANISH: Final = {"accept-language": "es"}


@pytest.fixture
def initiative(browser: Browser, owner: Owner) -> str:
    enter_enrolled(browser, owner.email)
    made = _created(browser)
    browser.post(f"{made}/areas", {"name.en": "Mill Street", "name.es": "Calle del Molino"})
    return made


def _deletions(page: str) -> list[str]:
    return re.findall(r'href="(/staff/[^"]+/delete)"', page)


def test_from_way_in_to_initiative_each_is_asked_about_and_deleted(
    browser: Browser, initiative: str, database: Database
) -> None:
    wave = _wave(browser, initiative, "baseline")
    page = browser.post(f"{wave}/collectors", {"label": "Library <1>", "area": "1"}).text
    [way_in, of_wave] = _deletions(page)
    assert of_wave == f"{wave}/delete"
    [area, of_initiative] = _deletions(browser.get(initiative).text)
    held = browser.post(area, {})
    assert held.status_code == 409
    assert "belong to this area: “Library &lt;1&gt;”. Delete them first" in held.text
    asked = browser.get(of_initiative, **SPANISH).text
    assert "Esto no se puede deshacer" in asked
    assert "Oleadas en borrador" in asked
    assert "Library &lt;1&gt;" in asked
    assert "This cannot be undone" in browser.get(way_in).text
    assert "Library" not in browser.post(way_in, {}).text
    assert "Mill Street" not in browser.post(area, {}).text
    assert browser.post(of_wave, {}).url.path == initiative
    assert browser.post(of_initiative, {}).url.path == "/staff"
    assert browser.get(initiative).status_code == 404
    with database.acting_as("rapport_operator").reading() as session:
        entries = session.scalars(select(AuditEntry).order_by(AuditEntry.position)).all()
    told = {each.act: each.facts for each in entries if each.act.startswith("delete ")}
    assert list(told) == [
        *("delete collector", "delete area", "delete wave", "delete initiative"),
    ]
    assert told["delete collector"] == {"name": "Library <1>"}


def test_an_opened_wave_offers_no_deletion_and_refuses_it_in_the_reader_s_language(
    browser: Browser, initiative: str, database: Database
) -> None:
    wave = _wave(browser, initiative, "baseline")
    browser.post(f"{wave}/collectors", {"label": "Library"})
    [way_in, of_wave] = _deletions(browser.get(wave).text)
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE wave SET state = 'open'")
    assert _deletions(browser.get(wave).text) == []
    page = browser.get(initiative, **SPANISH).text
    assert _deletions(page) == []
    assert "esta zona por su nombre: se queda y no puede borrarse" in page
    for path, why in ((way_in, "ni siquiera con una negativa"), (of_wave, "se abrió")):
        refused = browser.get(path, **SPANISH)
        assert why in html.unescape(refused.text)
        assert "«La baseline»" in html.unescape(refused.text)
        assert "Borrar para siempre" not in refused.text
        assert browser.post(path, {}).status_code == 409


def test_a_version_of_one_s_own_is_deleted_and_a_shipped_one_never(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    shipped = browser.post("/staff/instruments/pulse/delete", {})
    assert shipped.status_code == 409
    assert "comes with Rapport" in shipped.text
    text = browser.get("/staff/instruments/pulse/file").text
    mine = text.replace("id: pulse", "id: own_pulse", 1).encode()
    own = browser.upload("/staff/instruments", "file", mine)
    assert own.url.path != "/staff/instruments"
    [deletion] = _deletions(own.text)
    assert "the versions beside it stay" in browser.get(deletion).text
    assert "own_pulse" not in browser.post(deletion, {}).text
    assert browser.get(own.url.path).status_code == 404
