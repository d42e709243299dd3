"""A creating call that is sent again with the same key creates nothing more."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from sqlalchemy import select

from app.api.tables import KeptReply
from app.db import Database
from app.settings import WorkerSettings
from app.worker import Worker
from tests.conftest import HeldClock
from tests.integration.api.programs import BASELINE, INITIATIVE, Program, token_for


def _number(program: Program) -> int:
    return len(program.get("/initiatives").json()["items"])


def test_sent_again_it_is_answered_again_and_done_once(program: Program) -> None:
    first, second = (
        program.post("/initiatives", INITIATIVE, idempotency_key="one") for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert _number(program) == 1
    program.post("/initiatives", INITIATIVE, idempotency_key="two")
    program.post("/initiatives", INITIATIVE)
    assert _number(program) == 3


def test_a_key_is_not_taken_for_another_call(program: Program) -> None:
    program.post("/initiatives", INITIATIVE, idempotency_key="one")
    other = program.post(
        "/initiatives", INITIATIVE | {"title": {"en": "Other"}}, idempotency_key="one"
    )
    assert other.status_code == 422
    assert "Take a new key" in other.json()["detail"]
    assert _number(program) == 1


def test_what_was_refused_may_be_sent_again_once_it_is_mended(program: Program) -> None:
    initiative = program.made("/initiatives", INITIATIVE)["id"]
    follow_up = BASELINE | {"kind": "follow_up"}
    path = f"/initiatives/{initiative}/waves"
    assert program.post(path, follow_up, idempotency_key="one").status_code == 409
    program.made(path, BASELINE)
    assert program.post(path, follow_up, idempotency_key="one").status_code == 201


def test_the_keys_of_two_tokens_are_not_the_same(program: Program, database: Database) -> None:
    other = Program(
        program.client, token_for(database, program.agency_id, "author"), program.agency_id
    )
    for each in (program, other):
        answer = each.post("/initiatives", INITIATIVE, idempotency_key="one")
        assert "idempotency-replayed" not in answer.headers
    assert _number(program) == 2


def test_after_a_day_the_key_is_free(program: Program, held_clock: HeldClock) -> None:
    program.post("/initiatives", INITIATIVE, idempotency_key="one")
    held_clock.advance(timedelta(hours=24, seconds=1))
    again = program.post("/initiatives", INITIATIVE, idempotency_key="one")
    assert again.status_code == 201
    assert _number(program) == 2


def test_the_worker_deletes_what_was_kept_for_a_day(
    program: Program, database: Database, worker_settings: WorkerSettings, held_clock: HeldClock
) -> None:
    """Also where no program of the agency ever sends a key again."""
    program.post("/initiatives", INITIATIVE, idempotency_key="one")
    worker = Worker(database, worker_settings, None)
    kept = []
    for later in (timedelta(hours=20), timedelta(hours=24)):
        held_clock.advance(later)
        worker._look_what_is_due()
        with database.reading() as session:
            kept.append(len(session.scalars(select(KeptReply)).all()))
    assert kept == [1, 0]


def test_sent_many_times_at_once_it_is_done_once(program: Program) -> None:
    def send(_: int) -> bytes:
        answer = program.post("/initiatives", INITIATIVE, idempotency_key="one")
        assert answer.status_code == 201, answer.text
        return answer.content

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(send, range(8)))
    assert len(answers) == 1
    assert _number(program) == 1


def test_codes_are_told_again_to_their_caller_and_lie_nowhere_in_the_database(
    program: Program, database: Database
) -> None:
    initiative = program.made("/initiatives", INITIATIVE)["id"]
    wave = program.made(f"/initiatives/{initiative}/waves", BASELINE)["id"]
    way_in = program.made(
        f"/waves/{wave}/collectors", {"label": "Cards", "recruitment": "single_use_code"}
    )
    path = f"/collectors/{way_in['public_id']}/codes"
    told = [
        program.post(path, {"codes": 3, "tests": 1}, idempotency_key="cards").json()
        for _ in range(2)
    ]
    assert told[0] == told[1]
    cards = told[0]["cards"]
    assert [card["is_test"] for card in cards] == [False, False, False, True]
    with database.reading() as session:
        kept = session.scalars(select(KeptReply)).one()
    for card in cards:
        assert card["address"].endswith(f"#{card['code']}")
        assert card["code"].encode() not in kept.reply
