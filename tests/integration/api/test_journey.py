"""From an empty agency to a published comparison, by calls alone."""

from __future__ import annotations

import random
from typing import Any

from app.accounts.audit import recent_acts
from app.db import Database
from app.reports.publishing.acts import approve
from app.settings import WorkerSettings
from app.web.forms import FORM_TYPE
from app.worker import run_until_empty
from tests.integration.api.programs import BASELINE, INITIATIVE, SITE, Program
from tests.integration.pages.reading import ReadPage

PEOPLE = 12
NOBODY_READS = {"draft_decision": "The board of the tests: no resident reads them"}


def _answer(program: Program, path: str, rng: random.Random) -> None:
    form = ReadPage(program.client.get(path).text).form
    answers = {"t1": str(rng.randint(1, 4)), "t2": str(rng.randint(1, 4))}
    sent = program.client.post(
        path,
        content=form.with_answers(answers),
        headers={"content-type": FORM_TYPE, "sec-fetch-site": "same-origin"},
    )
    assert sent.status_code == 200, sent.text


def _field(
    program: Program, wave: dict[str, Any], database: Database, settings: WorkerSettings
) -> None:
    path = f"/waves/{wave['id']}"
    way_in = program.made(f"{path}/collectors", {"label": "Library"})
    assert way_in["address"].startswith(f"{SITE}/s/")
    asked = program.post(f"{path}/opening", {"accept_default_plan": True, **NOBODY_READS})
    assert asked.status_code == 202
    [job] = asked.json()["jobs"]
    assert (job["kind"], job["state"], job["problem"]) == ("open_wave", "queued", None)
    run_until_empty(database, settings)
    assert program.get(path).json()["state"] == "open"
    assert program.get(f"{path}/fieldwork").json()["answered"] is None
    rng = random.Random(wave["kind"])
    for _ in range(PEOPLE):
        _answer(program, way_in["address"].removeprefix(SITE), rng)
    assert program.get(f"{path}/fieldwork").json()["answered"] == 10
    assert program.post(f"{path}/closing", {"grace_hours": 0}).json()["state"] == "closing"
    run_until_empty(database, settings)
    assert program.get(path).json()["state"] == "counted"


def test_a_program_gets_from_nothing_to_a_comparison(
    program: Program, database: Database, worker_settings: WorkerSettings
) -> None:
    initiative = program.made("/initiatives", INITIATIVE)
    of = f"/initiatives/{initiative['id']}"
    assert program.made(f"{of}/areas", {"name": {"en": "Mill Street"}})["code"] == 1
    plan = program.made(
        f"{of}/plans", {"primary": ["trust"], "smallest_change": {"trust": {"mean": 0.25}}}
    )
    assert (plan["version"], plan["changed_after_data"]) == (1, False)
    before = program.made(f"{of}/waves", BASELINE)
    _field(program, before, database, worker_settings)
    after = program.made(f"{of}/waves", BASELINE | {"kind": "follow_up", "label": {"en": "After"}})
    _field(program, after, database, worker_settings)
    waves = {"before_wave_id": before["id"], "after_wave_id": after["id"]}
    asked = program.post(f"{of}/reports", waves)
    assert asked.status_code == 202
    path = f"/reports/{asked.json()['public_id']}"
    assert program.get(path).status_code == 404
    run_until_empty(database, worker_settings)
    read = program.get(path).json()
    assert read["released"]["schema"].startswith("rapport.comparison/")
    assert "computed" not in read
    assert [line["public_id"] for line in program.get(f"{of}/reports").json()["items"]] == [
        read["public_id"]
    ]
    _publish(program, path, database)
    with database.reading() as session:
        acts = {act.act for act in recent_acts(session, program.agency_id)}
    assert acts >= {
        *("create initiative", "add area", "lock plan", "create wave", "add collector"),
        *("open wave", "close wave", "ask for report", "publish report", "withdraw report"),
    }


def _publish(program: Program, path: str, database: Database) -> None:
    """A program proposes and publishes; in between a second person has to sign in and approve."""
    assert program.get(f"{path}/publication").json()["state"] == "draft"
    assert program.post(f"{path}/publication").status_code == 409
    proposed = program.post(f"{path}/proposal", {"parts": ["questions"]}).json()
    assert (proposed["state"], proposed["parts"]) == ("proposed", ["questions"])
    report_id = path[-10:]
    with database.writing() as session:
        approve(session, program.agency_id, report_id, "2ndperson0")
    assert program.post(f"{path}/publication").json()["state"] == "published"
    assert program.client.get(f"/r/{path[-16:]}").status_code == 200
    because = "The name of an area was wrong in every table."
    assert program.post(f"{path}/withdrawal", {"because": because}).json()["state"] == "withdrawn"
