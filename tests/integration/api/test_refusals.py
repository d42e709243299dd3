"""Who may call, how often, and what they are told otherwise."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.api import site
from app.api.limits import CallLimits
from app.db import Database
from tests.integration.api.programs import (
    INITIATIVE,
    PREFIX,
    Program,
    api_site,
    new_agency,
    token_for,
)


@pytest.mark.parametrize("sent", ["", "Bearer", "Bearer rapport_x", "Basic YTpi", "rapport_x"])
def test_without_a_token_nothing_is_told(client: TestClient, sent: str) -> None:
    answer = client.get(f"{PREFIX}/initiatives", headers={"authorization": sent} if sent else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "no_token"


def test_a_browser_s_cookie_opens_no_call(client: TestClient) -> None:
    client.cookies.set("__Host-sid", "x")
    assert client.get(f"{PREFIX}/initiatives").status_code == 401


def test_a_scope_that_the_token_lacks_is_named(client: TestClient, database: Database) -> None:
    agency = new_agency(database)
    token = token_for(database, agency, "owner", scopes=["see_fieldwork"])
    program = Program(client, token, agency)
    assert program.get("/initiatives").status_code == 200
    refused = program.post("/initiatives", INITIATIVE)
    assert refused.status_code == 403
    assert "set_up_initiatives" in refused.json()["detail"]
    assert program.get("/token").json()["scopes"] == ["see_fieldwork"]


@pytest.fixture
def stopped_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the calls of a test take, no call comes back meanwhile."""
    monkeypatch.setattr(site, "CallLimits", partial(CallLimits, now=lambda: 1000.0))


@pytest.mark.usefixtures("stopped_watch")
def test_who_calls_too_often_is_told_how_long_to_wait(database: Database, tmp_path: Path) -> None:
    agency = new_agency(database)
    with api_site(database, tmp_path, api_calls_a_minute=3) as client:
        busy = Program(client, token_for(database, agency, "owner"), agency)
        calm = Program(client, token_for(database, agency, "analyst"), agency)
        answers = [busy.get("/token") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
        refused = answers[-1]
        assert refused.headers["retry-after"] == "20"
        left = [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers]
        assert left == [f'"token";r={n}' for n in (2, 1, 0, 0)]
        assert {answer.headers["ratelimit-policy"] for answer in answers} == {'"token";q=3;w=60'}
        assert refused.json()["code"] == "too_many_calls"
        assert calm.get("/token").status_code == 200


@pytest.mark.usefixtures("stopped_watch")
def test_two_web_processes_answer_no_more_calls_than_one(
    database: Database, tmp_path: Path
) -> None:
    token = token_for(database, agency := new_agency(database), "owner")
    wish = {"api_calls_a_minute": 4, "web_processes": 2}
    with api_site(database, tmp_path, **wish) as one, api_site(database, tmp_path, **wish) as two:
        statuses = [
            Program(client, token, agency).get("/token").status_code
            for _ in range(4)
            for client in (one, two)
        ]
    assert statuses == [200] * 4 + [429] * 4


@pytest.mark.parametrize(
    ("path", "body", "status", "told"),
    [
        ("/initiatives", {"title": {"en": "X"}}, 400, "police_name"),
        ("/initiatives", INITIATIVE | {"colour": "red"}, 400, "colour"),
        ("/initiatives", INITIATIVE | {"title": {"en": " "}}, 400, "title"),
        ("/initiatives", INITIATIVE | {"title": {"en": "a\x00b"}}, 400, "title"),
        ("/initiatives", INITIATIVE | {"starts_on": "soon"}, 400, "starts_on"),
        ("/initiatives/zzzzzzzzzz/areas", {"name": {"en": "X"}}, 404, "no such initiative"),
        ("/instruments", {"yaml": "id: x"}, 422, "the file:1"),
        ("/waves/0000000000/closing", {"grace_hours": "5"}, 400, "grace_hours"),
        ("/waves/0000000000/closing", {"grace_hours": 5}, 404, "no such wave"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    program: Program, path: str, body: object, status: int, told: str
) -> None:
    refused = program.post(path, body)
    assert (refused.status_code, refused.json()["status"]) == (status, status)
    assert told in refused.json()["detail"]


def test_a_body_that_is_too_long_or_no_json_is_a_problem(program: Program) -> None:
    long = program.post("/initiatives", INITIATIVE | {"title": {"en": "x" * 70_000}})
    assert (long.status_code, long.json()["code"]) == (413, "too_large")
    headers = {"authorization": f"Bearer {program.token}", "content-type": "application/json"}
    for body in (b"{", b"\xff", b'"\\ud800"', b'{"title": {"en": "\\ud800"}}', b"[" * 30_000):
        sent = program.client.post(f"{PREFIX}/initiatives", content=body, headers=headers)
        assert sent.status_code == 400, sent.text
        assert sent.headers["content-type"] == "application/problem+json"


def test_unknown_paths_and_methods_are_problems_too(program: Program) -> None:
    unknown = program.get("/nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    other = program.client.delete(f"{PREFIX}/initiatives")
    assert (other.status_code, other.headers["allow"]) == (405, "GET, POST")


def test_a_questionnaire_is_linted_kept_and_asked(program: Program) -> None:
    yaml = Path("surveys/pulse.yaml").read_text("utf-8")
    looked_over = program.post("/lint", {"yaml": yaml}).json()
    assert looked_over["usable"]
    broken = program.post("/lint", {"yaml": "id: x"}).json()
    assert not broken["usable"]
    assert broken["findings"][0]["line"] == 1
    kept = program.made("/instruments", {"yaml": yaml.replace("id: pulse", "id: our_pulse", 1)})
    listed = program.get("/instruments").json()["items"]
    assert [line for line in listed if not line["is_shipped"]] == [kept]
    whole = program.get(f"/instruments/{kept['content_hash']}").json()
    assert whole["document"]["id"] == "our_pulse"
    initiative = program.made("/initiatives", INITIATIVE)["id"]
    wave = {
        "kind": "baseline",
        "label": {"en": "Before"},
        "languages": ["en"],
        "instrument": kept["content_hash"],
    }
    made = program.made(f"/initiatives/{initiative}/waves", wave)
    assert made["instrument_hash"] == kept["content_hash"]
    unknown = program.post(f"/initiatives/{initiative}/waves", wave | {"instrument": "nothing"})
    assert unknown.status_code == 422


def test_lists_come_in_pages(program: Program) -> None:
    made = [program.made("/initiatives", INITIATIVE)["id"] for _ in range(5)]
    seen, query = [], {"limit": 2}
    while True:
        page = program.get("/initiatives", **query).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert sorted(seen) == sorted(made)
    assert program.get("/initiatives", limit=0).status_code == 400
    assert program.get("/initiatives", cursor="WyJhIl0x").status_code == 422
