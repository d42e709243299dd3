"""What staff do on pages, done by calls: describing, aiming, handing out, extending, taking."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from app import clock
from app.api.shapes.initiatives import NewLogo
from app.db import Database
from app.initiatives.tables import Wave
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.api.programs import BASELINE, INITIATIVE, Program, token_for

QUESTION = {
    "kind": "single_choice",
    "page": "trust",
    "text": {"en": "Did you see the walking beat?", "es": "¿Vio la ronda?"},
    "options": {"en": ["Yes", "No"], "es": ["Sí", "No"]},
}


@pytest.fixture
def initiative(program: Program) -> str:
    made: str = program.made("/initiatives", INITIATIVE)["id"]
    for name in ("Mill Street", "Hill Park"):
        program.made(f"/initiatives/{made}/areas", {"name": {"en": name}})
    return f"/initiatives/{made}"


@pytest.fixture
def wave(program: Program, initiative: str) -> str:
    made = program.made(f"{initiative}/waves", BASELINE | {"languages": ["en", "es"]})
    return f"/waves/{made['id']}"


def test_of_two_who_describe_the_same_the_second_is_told(program: Program, initiative: str) -> None:
    seen = program.get(initiative).json()["revision"]
    first = INITIATIVE | {"time_zone": "America/Denver", "revision": seen}
    answer = program.put(initiative, first)
    assert answer.status_code == 200
    assert answer.json()["time_zone"] == "America/Denver"
    assert answer.json()["revision"] != seen
    second = program.put(initiative, INITIATIVE | {"starts_on": "2027-01-01", "revision": seen})
    assert (second.status_code, second.json()["code"]) == (409, "edited_meanwhile")
    assert program.get(initiative).json()["time_zone"] == "America/Denver"
    assert program.put(initiative, INITIATIVE).status_code == 200


def test_a_logo_is_kept_and_removed(program: Program, initiative: str) -> None:
    [logo] = NewLogo.model_json_schema()["examples"]
    kept = program.put(f"{initiative}/logo", logo)
    shown = kept.json()["notice"]["logo"]
    assert (shown["width"], shown["height"]) == (1, 1)
    described = program.put(initiative, INITIATIVE)
    assert described.json()["notice"]["logo"] == shown
    assert program.put(f"{initiative}/logo", {"png": "AAAA"}).status_code == 422
    assert "logo" not in program.delete(f"{initiative}/logo").json()["notice"]


def test_what_is_aimed_at_says_what_could_be_seen(program: Program, initiative: str) -> None:
    assert program.get(f"{initiative}/aim").json()["is_kept"] is False
    stated = program.put(f"{initiative}/aim", {"before": {"1": 900}, "after": {"1": 900}})
    assert stated.status_code == 200
    outlook = stated.json()
    assert (outlook["before"], outlook["is_kept"]) == (1100, True)
    assert outlook["is_enough"] == (outlook["visible_change"] <= 0.2)
    assert outlook == program.get(f"{initiative}/aim").json()
    foreign = program.put(f"{initiative}/aim", {"before": {"9": 5}})
    assert foreign.status_code == 422
    assert "There is no area 9" in foreign.json()["detail"]


def test_of_two_who_write_the_same_thing_the_second_is_told(
    program: Program, initiative: str
) -> None:
    [logo] = NewLogo.model_json_schema()["examples"]
    [area] = [a for a in program.get(f"{initiative}/areas").json()["items"] if a["code"] == 1]
    seen = {
        "": program.get(initiative).json()["revision"],
        "/aim": program.get(f"{initiative}/aim").json()["revision"],
        "/areas/1": area["revision"],
    }
    for path, revision, first, second in (
        ("/aim", seen["/aim"], {"before": {"1": 900}}, {"before": {"1": 90}}),
        ("/areas/1", seen["/areas/1"], {"name": {"en": "Mill"}}, {"name": {"en": "Hill"}}),
        ("/logo", seen[""], logo, logo),
    ):
        kept = program.put(initiative + path, first | {"revision": revision})
        assert kept.status_code == 200, kept.text
        told = program.put(initiative + path, second | {"revision": revision})
        assert (told.status_code, told.json()["code"]) == (409, "edited_meanwhile"), path
        assert "Somebody else saved" in told.json()["detail"]
        assert program.put(initiative + path, second).status_code == 200, path
    plans = f"{initiative}/plans"
    assert program.made(plans, {"primary": ["trust"], "newest": 0})["version"] == 1
    assert program.made(plans, {"primary": ["trust"], "newest": 0})["version"] == 1
    told = program.post(plans, {"primary": ["pride"], "newest": 0})
    assert (told.status_code, told.json()["code"]) == (409, "edited_meanwhile")
    assert program.made(plans, {"primary": ["pride"], "newest": 1})["version"] == 2
    assert "newest" not in program.get(plans).json()["items"][1]["document"]


def test_a_population_is_read_shown_and_locked(program: Program, initiative: str) -> None:
    table = "variable;level;percent\ngender;1;51,5\ngender;2;46,5\ngender;3;1\ngender;4;1\n"
    read = program.post(f"{initiative}/population", {"table": table})
    assert read.status_code == 200, read.text
    [gender] = read.json()["margins"]
    assert (gender["question"], gender["total"]) == ("gender", 100)
    assert gender["levels"][0]["share"] == 0.515
    wanted = {"primary": ["trust"], "weighting": read.json()["weighting"]}
    plan = program.made(f"{initiative}/plans", wanted)
    assert plan["document"]["weighting"]["margins"]["gender"]["2"] == 46.5
    wrong = program.post(f"{initiative}/population", {"table": table.replace("46,5", "x")})
    assert wrong.status_code == 422
    assert "line 3, column 'percent'" in wrong.json()["detail"]
    assert program.post(f"{initiative}/population", {"table": " \n"}).status_code == 422


def test_a_wave_is_planned_called_off_and_copied(program: Program, wave: str) -> None:
    program.made(f"{wave}/collectors", {"label": "Library", "language": "es", "area_code": 1})
    later = (clock.now() + timedelta(days=3)).isoformat()
    planned = program.post(f"{wave}/opening", {"opens_at": later, "draft_decision": "Ana Ruiz"})
    assert planned.status_code == 202
    assert program.post(f"{wave}/closing", {"closes_at": "2020-01-01T00:00:00Z"}).status_code == 422
    assert program.post(f"{wave}/call-off", {"what": "opening"}).json()["jobs"] == []
    label = {"en": "After"}
    copy = program.made(f"{wave}/copy", {"kind": "follow_up", "label": label})
    assert (copy["state"], copy["languages"]) == ("draft", ["en", "es"])
    [way_in] = program.get(f"/waves/{copy['id']}/collectors").json()["items"]
    assert (way_in["label"], way_in["language"]) == ("Library", "es")
    other = program.post(f"{wave}/copy", {"kind": "follow_up", "label": label, "instrument": "no"})
    assert other.status_code == 422


def test_links_for_each_area_and_language_are_added_once_and_counted_apart(
    program: Program, initiative: str, wave: str
) -> None:
    links = program.made(f"{wave}/links", {})["links"]
    assert sorted((each["area_code"], each["language"]) for each in links) == [
        *((1, "en"), (1, "es"), (2, "en"), (2, "es")),
    ]
    assert program.post(f"{wave}/links").status_code == 409
    work = program.get(f"{wave}/fieldwork").json()
    assert [each["answered"] for each in work["by_collector"]] == [None] * 4
    assert work["aim"] is None
    assert work["advice"] == []
    program.put(f"{initiative}/aim", {})
    assert program.get(f"{wave}/fieldwork").json()["aim"] == 400


def test_one_way_in_is_stopped_by_a_call_and_let_go_on(
    program: Program, wave: str, database: Database
) -> None:
    made = program.made(f"{wave}/collectors", {"label": "Leaked"})
    path = f"/collectors/{made['public_id']}"
    assert made["stopped_on"] is None
    assert program.post(f"{path}/stop").status_code == 409, "the wave is a draft"
    with database.writing() as session:
        session.execute(update(Wave).values(state="open"))
    for _ in range(2):
        stopped = program.post(f"{path}/stop")
        assert stopped.status_code == 200
        assert stopped.json() == program.get(path).json()
        assert stopped.json()["stopped_on"] is not None
    assert program.post(f"{path}/resume").json() == made


def _made(program: Program, path: str, database: Database, settings: WorkerSettings) -> bytes:
    assert program.get(f"{path}/content").status_code == 404
    run_until_empty(database, settings)
    assert program.get(path).json()["is_made"] is True
    content: bytes = program.get(f"{path}/content").content
    return content


def test_posters_are_made_for_whoever_sees_the_fieldwork(
    program: Program, wave: str, database: Database, worker_settings: WorkerSettings
) -> None:
    link = program.made(f"{wave}/collectors", {"label": "Library"})["public_id"]
    one = {"what": "poster", "collector": link, "language": "es", "size": "letter"}
    asked = program.post(f"{wave}/prints", one)
    assert asked.status_code == 202
    path = f"/prints/{asked.json()['id']}"
    assert _made(program, path, database, worker_settings).startswith(b"%PDF")
    assert program.get(path.replace("prints", "downloads")).status_code == 404
    every = program.post(f"{wave}/prints", {"what": "posters", "language": "en"}).json()["id"]
    whole = _made(program, f"/prints/{every}", database, worker_settings)
    assert len(zipfile.ZipFile(io.BytesIO(whole)).namelist()) == 2
    assert len(program.get(f"{wave}/prints").json()["items"]) == 2
    for wrong in ({"what": "poster", "language": "en"}, one | {"language": "vi"}):
        assert program.post(f"{wave}/prints", wrong).status_code == 422
    counter = Program(
        program.client, token_for(database, program.agency_id, "analyst"), program.agency_id
    )
    assert counter.get(f"/prints/{every}/content").status_code == 403


def test_codebooks_are_made_and_single_answers_never(
    program: Program,
    initiative: str,
    wave: str,
    database: Database,
    worker_settings: WorkerSettings,
) -> None:
    wanted: dict[str, Any] = {"subject": wave.rpartition("/")[2], "language": "en"}
    asked = program.post(f"{initiative}/downloads", wanted | {"kind": "codebook_html"})
    assert asked.status_code == 202
    made = _made(program, f"/downloads/{asked.json()['id']}", database, worker_settings)
    assert b"<html" in made
    for kind in ("csv_codes", "poster_a4", "nothing"):
        refused = program.post(f"{initiative}/downloads", wanted | {"kind": kind})
        assert refused.status_code == 422
        assert "No program may have" in refused.json()["detail"]
    assert [f["kind"] for f in program.get(f"{initiative}/downloads").json()["items"]] == [
        "codebook_html"
    ]


def test_a_question_of_one_s_own_makes_a_version_that_compares(program: Program) -> None:
    pulse = next(e for e in program.get("/instruments").json()["items"] if e["id"] == "pulse")
    path = f"/instruments/{pulse['content_hash']}"
    texts = {language: f"{language}?" for language in pulse["languages"]}
    options = {language: ["A", "B"] for language in pulse["languages"]}
    page = program.get(path).json()["document"]["pages"][0]["id"]
    wanted = QUESTION | {"text": texts, "options": options, "page": page, "newest": 1}
    made = program.made(f"{path}/questions", wanted)
    assert made["version"] == 2
    again = program.post(f"{path}/questions", wanted)
    assert again.status_code == 409
    assert "Version 2 was made while you were writing" in again.json()["detail"]
    found = program.get(
        f"/instruments/{made['content_hash']}/differences", before=pulse["content_hash"]
    ).json()
    assert [(each["what"], each["question"]) for each in found["differences"]] == [
        ("added", "own_1")
    ]
    assert found["lost"] == []
    text = program.get(f"/instruments/{made['content_hash']}/file").json()["yaml"]
    other = program.post("/instruments", {"yaml": text.replace("own_1", "own_2")})
    assert other.status_code == 409
    assert "There is a version 2 of 'pulse' already" in other.json()["detail"]


def test_a_breakdown_of_waves_that_are_not_counted_is_refused(
    program: Program, initiative: str, wave: str
) -> None:
    wave_id = wave.rpartition("/")[2]
    asked = {"before_wave_id": wave_id, "after_wave_id": wave_id, "by": ["gender"]}
    assert program.post(f"{initiative}/breakdowns", asked).status_code in {409, 422}
