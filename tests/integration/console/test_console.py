from __future__ import annotations

import re

import pytest

from app.accounts.roles import DUTIES, ROLES, Duty
from app.accounts.staff import choose_password, create_owner, invite
from app.db import Database
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, STAFF_PASSWORD, Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.test_journey import DRAFTS, _created, _wave

ROUTES: list[tuple[str, str, Duty]] = [
    ("GET", "/staff/anonymity", "publish_reports"),
    ("GET", "/staff/initiatives/new", "set_up_initiatives"),
    ("POST", "/staff/initiatives/new", "set_up_initiatives"),
    ("GET", "{initiative}", "see_fieldwork"),
    ("GET", "/staff/instruments", "set_up_initiatives"),
    ("POST", "/staff/instruments", "set_up_initiatives"),
    ("GET", "/staff/instruments/pulse", "set_up_initiatives"),
    ("GET", "/staff/instruments/pulse/file", "set_up_initiatives"),
    ("GET", "/staff/instruments/pulse/preview", "set_up_initiatives"),
    ("GET", "/staff/instruments/pulse/differences", "set_up_initiatives"),
    ("POST", "/staff/instruments/pulse/questions", "set_up_initiatives"),
    ("GET", "{initiative}/edit", "set_up_initiatives"),
    ("POST", "{initiative}/edit", "set_up_initiatives"),
    ("POST", "{initiative}/logo", "set_up_initiatives"),
    ("POST", "{initiative}/logo/remove", "set_up_initiatives"),
    ("GET", "{initiative}/planner", "set_up_initiatives"),
    ("POST", "{initiative}/planner", "set_up_initiatives"),
    ("POST", "{initiative}/areas", "set_up_initiatives"),
    ("POST", "{initiative}/areas/1", "set_up_initiatives"),
    ("GET", "{initiative}/plan", "set_up_initiatives"),
    ("POST", "{initiative}/plan", "set_up_initiatives"),
    ("POST", "{initiative}/waves", "set_up_initiatives"),
    ("GET", "{initiative}/reports", "see_reports"),
    ("POST", "{initiative}/reports", "publish_reports"),
    ("POST", "{initiative}/reports/breakdowns", "see_reports"),
    ("GET", "{initiative}/downloads", "see_reports"),
    ("POST", "{initiative}/downloads", "see_reports"),
    ("GET", "{initiative}/records", "publish_reports"),
    ("GET", "{initiative}/records.zip", "publish_reports"),
    ("GET", "/staff/texts", "review_texts"),
    ("GET", "/staff/texts/{wave_id}", "review_texts"),
    ("POST", "/staff/texts/{wave_id}/leave", "review_texts"),
    ("POST", "/staff/texts/{wave_id}/quote", "review_texts"),
    ("POST", "/staff/quotes/zzzzzzzzzz/approval", "review_texts"),
    ("POST", "/staff/quotes/zzzzzzzzzz/taking-back", "review_texts"),
    ("GET", "{wave}/quotes.csv", "see_reports"),
    ("GET", "/staff/retention", "approve_reports"),
    ("GET", "{initiative}/retention", "approve_reports"),
    ("POST", "{initiative}/retention", "erase_answers"),
    ("POST", "{initiative}/retention/agreement", "approve_reports"),
    ("POST", "{initiative}/retention/call-off", "approve_reports"),
    ("GET", "{wave}", "see_fieldwork"),
    ("POST", "{wave}/collectors", "run_waves"),
    ("POST", "{wave}/collectors/each", "run_waves"),
    ("POST", "/staff/collectors/{agency}zzzzzzzzzz/cards", "run_waves"),
    ("POST", "{wave}/prints", "see_fieldwork"),
    ("GET", "/staff/prints/zzzzzzzzzz", "see_fieldwork"),
    ("GET", "{wave}/try", "see_fieldwork"),
    ("POST", "{wave}/try", "see_fieldwork"),
    ("GET", "{wave}/fieldwork", "see_fieldwork"),
    ("GET", "{wave}/close", "see_fieldwork"),
    ("POST", "{wave}/copy", "set_up_initiatives"),
    ("POST", "{wave}/call-off", "run_waves"),
    ("POST", "{wave}/open", "run_waves"),
    ("POST", "{wave}/close", "run_waves"),
    ("GET", "/staff/downloads/zzzzzzzzzz", "see_reports"),
    ("POST", "/staff/downloads/zzzzzzzzzz/approve", "take_answers"),
    ("GET", "/staff/reports/{agency}zzzzzzzzzz", "see_reports"),
    ("GET", "/staff/reports/{agency}zzzzzzzzzz/preview", "see_reports"),
    ("POST", "/staff/reports/{agency}zzzzzzzzzz/proposal", "publish_reports"),
    ("POST", "/staff/reports/{agency}zzzzzzzzzz/approval", "approve_reports"),
    ("POST", "/staff/reports/{agency}zzzzzzzzzz/return", "approve_reports"),
    ("POST", "/staff/reports/{agency}zzzzzzzzzz/publish", "publish_reports"),
    ("POST", "/staff/reports/{agency}zzzzzzzzzz/withdrawal", "publish_reports"),
    ("POST", "/staff/reports/{agency}zzzzzzzzzz/computed", "see_computed"),
]


def _asked(browser: Browser, method: str, path: str, wave: str) -> int:
    fields = {"before": wave[-10:], "after": wave[-10:]}
    return (browser.get(path) if method == "GET" else browser.post(path, fields)).status_code


def _sign_in_as(browser: Browser, database: Database, owner: Owner, role: str) -> None:
    with database.writing() as session:
        _, token = invite(
            session,
            owner.agency_id,
            owner.staff_id,
            email=f"{role}@city.example",
            name=role,
            roles=[role],
        )
        choose_password(session, token, STAFF_PASSWORD)
    browser.post("/staff/sign-out")
    entered = browser.post(
        "/staff/sign-in", {"email": f"{role}@city.example", "password": STAFF_PASSWORD}
    )
    if entered.url.path == "/staff/second-factor":
        enter_enrolled(browser, f"{role}@city.example", STAFF_PASSWORD)


def _paths(browser: Browser, owner: Owner) -> dict[str, str]:
    initiative = _created(browser)
    browser.post(f"{initiative}/areas", {"name.en": "Mill Street"})
    wave = _wave(browser, initiative, "baseline")
    return {
        "initiative": initiative,
        "wave": wave,
        "agency": owner.agency_id,
        "wave_id": wave[-10:],
    }


@pytest.mark.parametrize("role", ROLES)
def test_each_page_is_there_for_the_roles_whose_duty_it_is(
    browser: Browser, owner: Owner, database: Database, role: str
) -> None:
    enter_enrolled(browser, owner.email)
    paths = _paths(browser, owner)
    _sign_in_as(browser, database, owner, role)
    for method, path, duty in ROUTES:
        status = _asked(browser, method, path.format(**paths), paths["wave"])
        is_made_up = "zzzzzzzzzz" in path
        allowed = duty in DUTIES[role]  # type: ignore[index] # the roles themselves
        assert (status != 404) == (allowed and not is_made_up), (role, method, path, status)


def test_nobody_sees_or_changes_what_is_another_agency_s(
    browser: Browser, owner: Owner, database: Database
) -> None:
    enter_enrolled(browser, owner.email)
    paths = _paths(browser, owner)
    with database.writing() as session:
        other = make_agency(session, "City of Hillside").agency_id
        create_owner(session, other, email="cy@hill.example", name="Cy", password=OWNER_PASSWORD)
    browser.post("/staff/sign-out")
    enter_enrolled(browser, "cy@hill.example")
    assert "Walking beats" not in browser.get("/staff").text
    fields = {
        "name.en": "X",
        "primary": "trust",
        "smallest_change": "0.2",
        "kind": "baseline",
        "instrument": "pulse",
        "languages": "en",
        "label.en": "X",
        "label": "X",
        "before": paths["wave"][-10:],
        "after": paths["wave"][-10:],
    }
    for method, path, _ in ROUTES:
        if "{" in path:
            full = path.format(**paths)
            answer = browser.get(full) if method == "GET" else browser.post(full, fields)
            assert answer.status_code == 404, (method, path)


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/staff/initiatives/new", {"police_name.en": "P"}, "title of the initiative is missing"),
        ("{initiative}/areas", {}, "name of the area is missing"),
        ("{initiative}/plan", {"primary": "nothing"}, "Choose the scale"),
        ("{initiative}/plan", {"primary": "trust", "smallest_change": "much"}, "is none"),
        ("{initiative}/plan", {"primary": "trust", "smallest_change": "nan"}, "is none"),
        ("{initiative}/waves", {"instrument": "none"}, "Choose one of the questionnaires"),
        ("{initiative}/waves", {"instrument": "pulse"}, "at least one language"),
        (
            "{initiative}/waves",
            {"instrument": "pulse", "languages": "en", "kind": "baseline"},
            "label of the wave is missing",
        ),
        ("{wave}/collectors", {}, "A collector needs a label"),
        ("{wave}/collectors", {"label": "X", "area": "9"}, "no area 9"),
        ("{wave}/close", {}, "cannot be closed"),
        ("{initiative}/reports", {"before": "{wave_id}", "after": "{wave_id}"}, "must come before"),
        ("{wave}/close", {"grace": "999"}, "cannot be"),
    ],
)
def test_what_is_refused_is_told_on_the_page_it_was_typed_on(
    browser: Browser, owner: Owner, path: str, fields: dict[str, str], told: str
) -> None:
    enter_enrolled(browser, owner.email)
    paths = _paths(browser, owner)
    typed = {name: text.format(wave_id=paths["wave"][-10:]) for name, text in fields.items()}
    refused = browser.post(path.format(**paths), typed)
    assert 400 <= refused.status_code < 500
    assert told in re.sub(r"\s+", " ", refused.text)
    assert 'role="alert"' in refused.text


def test_a_wave_that_cannot_open_says_why_and_opens_once_mended(
    browser: Browser, owner: Owner, database: Database, worker_settings: WorkerSettings
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    browser.post(f"{initiative}/areas", {"name.en": "Mill Street"})
    wave = _wave(browser, initiative, "baseline")
    assert "Nobody has reviewed these translations: Español" in browser.get(wave).text
    refused = browser.post(f"{wave}/open", DRAFTS)
    assert refused.status_code == 409
    assert "name of area 1" in refused.text
    assert "Open wave" in refused.text
    mended = {"area1.en": "Mill Street", "area1.es": "Calle Molino"}
    browser.post(f"{initiative}/areas/1", mended)
    browser.post(f"{wave}/open", DRAFTS)
    run_until_empty(database, worker_settings)
    assert "State: open" in browser.get(wave).text


def test_an_after_wave_without_a_plan_asks_for_the_default_to_be_accepted(
    browser: Browser, owner: Owner, database: Database, worker_settings: WorkerSettings
) -> None:
    enter_enrolled(browser, owner.email)
    initiative = _created(browser)
    _wave(browser, initiative, "baseline")
    after = _wave(browser, initiative, "follow_up")
    refused = browser.post(f"{after}/open", DRAFTS)
    assert refused.status_code == 409
    assert "before its plan is locked" in refused.text
    browser.post(f"{after}/open", {"accept_default_plan": "yes", **DRAFTS})
    run_until_empty(database, worker_settings)
    assert "State: open" in browser.get(after).text
    assert "Version 1, locked" in browser.get(initiative).text


def test_what_was_typed_comes_back_when_the_initiative_is_refused(
    browser: Browser, owner: Owner
) -> None:
    enter_enrolled(browser, owner.email)
    refused = browser.post("/staff/initiatives/new", {"police_name.es": "la policía <x>"})
    assert 'value="la policía &lt;x&gt;"' in refused.text
