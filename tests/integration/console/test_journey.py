"""From an empty installation to a published comparison, by forms alone."""

from __future__ import annotations

import random
import re

from app.db import Database
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.accounts.people import Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.pages.reading import ReadPage

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


def _field(browser: Browser, wave: str, database: Database, settings: WorkerSettings) -> None:
    made = browser.post(f"{wave}/collectors", {"label": "Library", "mode": "phone_web"})
    path = re.search(r"https://rapport\.example(/s/\w{16})", made.text)
    assert path is not None
    assert "The worker is at it" in browser.post(f"{wave}/open", DRAFTS).text
    run_until_empty(database, settings)
    assert "Fewer than ten answers" in browser.get(wave).text
    rng = random.Random(wave[-1])
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
    _field(browser, before, database, worker_settings)
    locked = browser.post(f"{initiative}/plan", {"primary": "trust", "smallest_change": "0,25"})
    assert "Version 1, locked" in locked.text
    assert "0.25" in locked.text
    after = _wave(browser, initiative, "follow_up")
    _field(browser, after, database, worker_settings)
    for _ in range(2):
        waiting = browser.post(
            f"{initiative}/reports", {"before": before[-10:], "after": after[-10:]}
        )
        assert "being computed" in waiting.text
    run_until_empty(database, worker_settings)
    reports = browser.get(f"{initiative}/reports").text
    unpublished = re.search(r"/staff/reports/(\w{16})", reports)
    assert unpublished is not None
    public = f"/r/{unpublished[1]}"
    assert browser.get(public).status_code == 404
    preview = browser.get(f"/staff/reports/{unpublished[1]}")
    assert "Walking beats" in preview.text
    published = browser.post(
        f"/staff/reports/{unpublished[1]}/publish", {"initiative": initiative[-10:]}
    )
    assert public in published.text
    assert browser.get(public).text == preview.text
    assert "Walking beats" in browser.get("/staff").text
    (other,) = set(re.findall(r"/staff/reports/(\w{16})", reports)) - {unpublished[1]}
    refused = browser.post(f"/staff/reports/{other}/publish", {"initiative": initiative[-10:]})
    assert refused.status_code == 409
    assert "Compute this report anew" in refused.text
