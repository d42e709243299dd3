"""What is changed after it was written; of two on one form, the second loses nothing."""

from __future__ import annotations

import html
import re

import pytest

from app.db import Database
from tests.integration.accounts.people import STAFF_PASSWORD, Owner, hire
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import INITIATIVE, _created, _wave


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


@pytest.fixture
def initiative(browser: Browser, owner: Owner) -> str:
    enter_enrolled(browser, owner.email)
    return _created(browser)


def test_of_two_descriptions_the_second_sees_the_first(browser: Browser, initiative: str) -> None:
    seen = _hidden(browser.get(f"{initiative}/edit").text, "revision")
    first = INITIATIVE | {"contact": "+1 555 0199", "youngest": "18", "revision": seen}
    assert browser.post(f"{initiative}/edit", first).url.path == initiative
    mine = INITIATIVE | {"retention.en": "24 months", "youngest": "18", "revision": seen}
    told = browser.post(f"{initiative}/edit", mine)
    assert told.status_code == 409
    page = html.unescape(told.text)
    assert "Somebody else saved this description while you were writing" in page
    assert '<dd dir="auto">+1 555 0199</dd>' in page
    assert 'value="24 months"' in page
    assert "+1 555 0199" in browser.get(f"{initiative}/edit").text
    again = mine | {"revision": _hidden(told.text, "revision")}
    assert browser.post(f"{initiative}/edit", again).url.path == initiative
    assert "24 months" in browser.get(f"{initiative}/edit").text


def test_of_two_aims_the_second_sees_the_first(browser: Browser, initiative: str) -> None:
    seen = _hidden(browser.get(f"{initiative}/planner").text, "revision")
    browser.post(f"{initiative}/planner", {"before.0": "300", "after.0": "300", "revision": seen})
    mine = {"before.0": "90", "after.0": "80", "revision": seen}
    told = browser.post(f"{initiative}/planner", mine)
    assert told.status_code == 409
    assert "Saved meanwhile: 300 + 300" in told.text
    assert 'value="90"' in told.text
    same = {"before.0": "300", "after.0": "300", "revision": seen}
    assert browser.post(f"{initiative}/planner", same).status_code == 200


def test_an_area_is_named_anew_until_residents_have_chosen_it(
    browser: Browser, initiative: str, database: Database
) -> None:
    browser.post(f"{initiative}/areas", {"name.en": "Mil Street"})
    assert browser.post(f"{initiative}/areas/1", {"area1.en": ""}).status_code == 422
    named = {"area1.en": "Mill Street", "role": "comparison"}
    page = browser.post(f"{initiative}/areas/1", named).text
    assert "Mill Street (comparison area)" in page
    meanwhile = browser.post(f"{initiative}/areas/1", {"area1.en": "Hill", "revision": "9f" * 32})
    assert meanwhile.status_code == 409
    assert "Somebody else saved this area while you were writing" in meanwhile.text
    assert 'value="Hill"' in meanwhile.text
    seen = _hidden(browser.get(initiative).text, "revision")
    assert browser.post(f"{initiative}/areas/1", named | {"revision": seen}).status_code == 200
    _wave(browser, initiative, "baseline")
    with database.writing() as session:
        session.connection().exec_driver_sql("UPDATE wave SET state = 'open'")
    refused = browser.post(f"{initiative}/areas/1", named | {"area1.en": "Hill Park"})
    assert refused.status_code == 409
    assert "residents have chosen it by this name" in refused.text
    added = browser.post(f"{initiative}/areas/1", named | {"area1.es": "Calle del Molino"})
    assert added.url.path == initiative
    assert browser.post(f"{initiative}/areas/7", named).status_code == 404


def test_of_two_own_questions_the_second_is_told_of_the_new_version(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    page = browser.get("/staff/instruments/pulse").text
    languages = re.findall(r'name="text\.(\w+)"', page)
    wanted = {
        "kind": "short_text",
        "page": re.findall(r'<select id="page" name="page">\s*<option value="(\w+)"', page)[0],
        "newest": _hidden(page, "newest"),
        **{f"text.{language}": "How long have you lived here?" for language in languages},
    }
    made = browser.post("/staff/instruments/pulse/questions", wanted)
    assert made.url.path != "/staff/instruments/pulse/questions", made.text
    told = browser.post("/staff/instruments/pulse/questions", wanted)
    assert told.status_code == 409
    assert "Version 2 was made while you were writing" in told.text
    assert "How long have you lived here?" in told.text


def test_no_page_for_staff_is_a_dead_end(browser: Browser, owner: Owner) -> None:
    enter_enrolled(browser, owner.email)
    gone = browser.get("/staff/waves/zzzzzzzzzz")
    assert gone.status_code == 404
    assert "There is no such wave" in gone.text
    assert '<a href="/staff">' in gone.text
    ended = browser.get("/staff/link/never.was")
    assert "Ask the owner of your agency for another" in ended.text
    alone = browser.post(f"/staff/people/{owner.staff_id}/roles", {"roles": ["auditor"]})
    assert alone.status_code in {409, 422}
    assert "owner" in alone.text
    assert '<a href="/staff">' in alone.text
    assert 'href="/staff"' not in browser.get("/s/0000000000000000").text


def test_staff_are_refused_in_the_language_of_the_page(browser: Browser, initiative: str) -> None:
    spanish = {"accept-language": "es-MX,es;q=0.9,en;q=0.5"}
    fields = INITIATIVE | {"youngest": "seventeen", "revision": ""}
    told = browser.post(f"{initiative}/edit", fields, **spanish)
    assert told.status_code == 422
    assert "es un número entero, no «seventeen»" in told.text
    assert "whole number" in browser.post(f"{initiative}/edit", fields).text
    bad = browser.post("/staff/people", {"email": "nobody", "name": "N"}, **spanish)
    assert "«nobody» no es una dirección de correo" in bad.text
    unread = browser.post(f"{initiative}/areas/north", {}, **spanish)
    assert unread.status_code == 422
    assert "path.code (debe ser un número entero)" in unread.text
    file = b"id: own\nversion: soon\ntitle: [en\n"
    unfit = browser.upload("/staff/instruments", "file", file, **spanish)
    assert "esto no es YAML: falta una coma o un corchete de cierre" in unfit.text
    fit = browser.upload("/staff/instruments", "file", file.replace(b" [en", b" 5"), **spanish)
    assert "version es &#39;soon&#39;, que no corresponde: debe ser un número entero" in fit.text


def test_who_may_only_read_reports_finds_them_and_what_waits_for_approval(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    created = browser.post(
        "/staff/initiatives/new", {"title.en": "Walking beats", "police_name.en": "the police"}
    )
    path = created.url.path
    browser.post("/staff/sign-out")
    email = hire(database, owner.agency_id, "analyst")
    browser.post("/staff/sign-in", {"email": email, "password": STAFF_PASSWORD})
    home = browser.get("/staff").text
    assert f'href="{path}"' not in home
    assert f'href="{path}/reports"' in home
    assert browser.get(f"{path}/reports").status_code == 200
