"""From an empty installation to a published comparison, by forms alone."""

from __future__ import annotations

import random
import re

from app.accounts.audit import recent_acts
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import STAFF_PASSWORD, Owner, hire
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.console.in_spanish import english_left, walk_in_spanish
from tests.integration.pages.reading import ReadPage
from tests.integration.reports.waves import STATEMENT, two_counted_waves

PEOPLE = 24
DRAFTS = {"draft_decision": "Ana Ruiz: the council reads them this week"}
INITIATIVE = {
    "title.en": "Walking beats",
    "title.es": "Rondas a pie",
    "police_name.en": "the Riverside police",
    "police_name.es": "la policía de Ribera",
    "run_by.en": "Riverside Neighbours",
    "run_by.es": "Vecinos de Ribera",
    "contact": "+1 555 0100",
}


def _created(browser: Browser) -> str:
    return browser.post("/staff/initiatives/new", INITIATIVE).url.path


def _wave(browser: Browser, initiative: str, kind: str) -> str:
    label = {"label.en": f"The {kind}", "label.es": f"La {kind}"}
    made = browser.post(
        f"{initiative}/waves",
        {"kind": kind, "instrument": "core_trust", "languages": ["en", "es"], **label},
    )
    assert made.url.path.startswith("/staff/waves/"), made.text
    return made.url.path


def _answer(browser: Browser, path: str, rng: random.Random) -> None:
    form = ReadPage(browser.get(path).text).form
    answers = {"t1": str(rng.randint(1, 4)), "t2": str(rng.randint(1, 4))}
    sent = browser.send(path, form.with_answers(answers))
    assert sent.status_code == 200, sent.text


def _field(
    browser: Browser,
    wave: str,
    database: Database,
    settings: WorkerSettings,
    rng: random.Random,
) -> None:
    made = browser.post(f"{wave}/collectors", {"label": "Library", "mode": "phone_web"})
    path = re.search(r"https://rapport\.example(/s/\w{16})", made.text)
    assert path is not None
    assert "in the background" in browser.post(f"{wave}/open", DRAFTS).text
    run_until_empty(database, settings)
    assert "Fewer than ten answers" in browser.get(wave).text
    for _ in range(PEOPLE):
        _answer(browser, path[1], rng)
    assert "About 25 answers" in browser.get(wave).text
    browser.post(f"{wave}/close", {"grace": "0"})
    run_until_empty(database, settings)
    assert "State: counted" in browser.get(wave).text


def test_staff_get_from_nothing_to_a_published_comparison(
    browser: Browser, owner: Owner, database: Database, worker_settings: WorkerSettings
) -> None:
    enter_enrolled(browser, owner.email)
    assert "Nothing here yet" in browser.get("/staff").text
    initiative = _created(browser)
    for name in ("Mill Street", "Old Harbour"):
        browser.post(f"{initiative}/areas", {"name.en": name, "name.es": name})
    assert "Old Harbour" in browser.get(initiative).text
    before = _wave(browser, initiative, "baseline")
    _field(browser, before, database, worker_settings, random.Random(1))
    locked = browser.post(f"{initiative}/plan", {"primary": "trust", "smallest_change": "0,25"})
    assert "Version 1, locked" in locked.text
    assert "0.25" in locked.text
    after = _wave(browser, initiative, "follow_up")
    _field(browser, after, database, worker_settings, random.Random(2))
    for _ in range(2):
        waiting = browser.post(
            f"{initiative}/reports", {"before": before[-10:], "after": after[-10:]}
        )
        assert "being computed" in waiting.text
    run_until_empty(database, worker_settings)
    reports = _breakdowns_told_apart(browser.get(f"{initiative}/reports").text)
    first, other = dict.fromkeys(re.findall(r"/staff/reports/(\w{16})", reports))
    public, own = f"/r/{first}", f"/staff/reports/{first}"
    result = f"/results/{owner.agency_id}{initiative[-10:]}"
    assert browser.get(public).status_code == 404
    assert "There is no result yet" in browser.get(result).text
    preview = browser.get(own + "/preview?part=questions&part=groups")
    assert "Walking beats" in preview.text
    browser.post(own + "/proposal", {"part": ["questions", "groups"]})
    assert "Nobody else of this agency may approve" in browser.get(own).text
    refused = browser.post(own + "/approval", {"statement": "too short"})
    assert refused.status_code == 422
    approved = browser.post(own + "/approval", {"statement": STATEMENT})
    assert "Approved, not published yet." in approved.text
    assert browser.get(public).status_code == 404
    published = browser.post(own + "/publish")
    assert public in published.text
    assert browser.get(public).text == preview.text
    assert f'href="{public}?lang=en"' in browser.get(result).text
    assert "Walking beats" in browser.get("/staff").text
    assert {own, f"{after}/close"} <= walk_in_spanish(browser, "/staff")
    refused = browser.post(f"/staff/reports/{other}/proposal", {"part": ["questions"]})
    assert refused.status_code == 409
    assert "Compute this report anew" in refused.text
    browser.post(own + "/withdrawal", {"because": "Both waves were counted under one name."})
    assert browser.get(public).status_code == 410
    assert "This result was withdrawn." in browser.get(result).text


def _breakdowns_told_apart(page: str) -> str:
    choice = page.partition('name="by"')[2].partition("</select>")[0]
    offered = re.findall(r"<option[^>]*>([^<]+)<", choice)
    assert "What is your race or ethnicity? Asian" in offered
    assert len(set(offered)) == len(offered)
    return page


def _in(browser: Browser, email: str) -> None:
    browser.post("/staff/sign-out")
    browser.post("/staff/sign-in", {"email": email, "password": STAFF_PASSWORD})


def test_a_second_person_approves_and_only_an_analyst_sees_more_with_a_reason(
    browser: Browser, owner: Owner, database: Database, count_keys: CountKeyStore
) -> None:
    waves = two_counted_waves(database, count_keys, people=60, agency_id=owner.agency_id)
    report_id = compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )
    own = f"/staff/reports/{waves.agency_id}{report_id}"
    analyst = hire(database, owner.agency_id, "analyst")
    enter_enrolled(browser, owner.email)
    proposed = browser.post(own + "/proposal", {"part": "questions"})
    assert "Ask a second person" in proposed.text
    assert browser.post(own + "/approval").status_code == 409
    assert browser.post(own + "/computed", {"reason": STATEMENT}).status_code == 404
    _in(browser, analyst)
    assert f'<a class="action" href="{own}">Read it and decide</a>' in browser.get("/staff").text
    approved = browser.post(own + "/approval")
    assert "Approved by Bo Li" in approved.text
    assert browser.post(own + "/publish").status_code == 404
    assert browser.post(own + "/computed", {"reason": "curious"}).status_code == 422
    seen = browser.post(own + "/computed", {"reason": STATEMENT})
    assert "Unrounded and not suppressed." in seen.text
    assert re.search(r"\d\.\d{6}", seen.text)
    assert not re.search(r"\d\.\d{6}", re.sub(r"<svg.*?</svg>", "", approved.text))
    with database.reading() as session:
        acts = [act.act for act in recent_acts(session, owner.agency_id)]
    assert acts.count("see computed") == 1


def test_planted_english_is_found() -> None:
    assert english_left('<p>El plan.</p><p>The plan is locked.</p><img alt="A map of it">') == [
        "The plan is locked.",
        "A map of it",
    ]
