"""The grouping writer when things go wrong: nobody waits for ever, none is thanked for nothing."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import IntegrityError, OperationalError

from app import db
from app.db import WRITER_BACKLOG, WRITER_BATCH, Database, GroupCommitWriter
from app.errors import Unavailable
from tests.conftest import PostgresServer
from tests.integration.responses.grouping import (
    PATIENCE,
    Writer,
    insert,
    kept,
    running,
    write_all,
)


def test_many_units_share_a_transaction(numbers: Database) -> None:
    batches: list[int] = []

    def write(connection: Connection, units: Sequence[int]) -> list[str]:
        batches.append(len(units))
        return insert(connection, units)

    with running(numbers, write) as writer:
        outcomes = write_all(writer, range(200))
    assert outcomes == [f"stored {n}" for n in range(200)]
    assert kept(numbers) == list(range(200))
    assert max(batches) == WRITER_BATCH
    assert sum(batches) == 200


def test_units_that_come_together_make_one_batch_and_a_lone_unit_waits_for_none(
    numbers: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[int] = []

    def write(connection: Connection, units: Sequence[int]) -> list[str]:
        batches.append(len(units))
        return insert(connection, units)

    with running(numbers, write) as writer:
        write_all(writer, range(40))
        monkeypatch.setattr(db, "GATHER_SECONDS", 60)
        write_all(writer, [40])
    assert batches == [40, 1]


def test_an_answer_is_given_only_after_the_commit(numbers: Database) -> None:
    """Each caller, as soon as it is answered, looks through another connection."""

    async def write_and_look(writer: Writer, n: int) -> bool:
        await writer.write(n)
        return n in await asyncio.to_thread(kept, numbers)

    async def together(writer: Writer) -> list[bool]:
        return await asyncio.gather(*(write_and_look(writer, n) for n in range(30)))

    with running(numbers) as writer:
        assert all(asyncio.run(together(writer)))


def test_one_bad_unit_among_twenty_refuses_no_other(numbers: Database) -> None:
    with running(numbers) as writer:
        outcomes = write_all(writer, [*range(10), 1000, *range(10, 20)])
    assert isinstance(outcomes.pop(10), IntegrityError)
    assert outcomes == [f"stored {n}" for n in range(20)]
    assert kept(numbers) == list(range(20))


def test_a_write_that_forgets_an_outcome_stores_nothing(numbers: Database) -> None:
    with running(numbers, lambda c, units: insert(c, units)[1:]) as writer:
        outcomes = write_all(writer, range(5))
        assert all(isinstance(outcome, ValueError) for outcome in outcomes)
    assert kept(numbers) == []


def test_while_the_database_is_down_all_are_refused_at_once_and_then_it_recovers(
    numbers: Database,
) -> None:
    is_down = threading.Event()
    is_down.set()
    tries: list[None] = []

    def refuse(*_: object) -> None:
        if is_down.is_set():
            tries.append(None)
            raise OperationalError("BEGIN", {}, Exception("the server is gone"))

    event.listen(numbers.engine, "begin", refuse)
    with running(numbers) as writer:
        outcomes = write_all(writer, range(100))
        assert len(tries) == 2  # one for a batch, none for each of its units
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        is_down.clear()
        assert write_all(writer, range(100)) == [f"stored {n}" for n in range(100)]
    event.remove(numbers.engine, "begin", refuse)
    assert kept(numbers) == list(range(100))


def test_a_commit_that_fails_thanks_nobody(numbers: Database) -> None:
    def refuse(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("no space left"))

    event.listen(numbers.engine, "commit", refuse)
    with running(numbers) as writer:
        outcomes = write_all(writer, range(20))
    event.remove(numbers.engine, "commit", refuse)
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
    assert kept(numbers) == []


def test_a_commit_that_fails_leaves_no_lock_behind(numbers: Database) -> None:
    """A promise to another table is looked at by COMMIT, which fails and leaves its work open."""
    with numbers.writing() as session:
        session.execute(
            text(
                "CREATE TABLE promise (n INTEGER PRIMARY KEY REFERENCES numbers (n)"
                " DEFERRABLE INITIALLY DEFERRED)"
            )
        )

    def promise(connection: Connection, units: Sequence[int]) -> list[str]:
        for n in units:
            connection.execute(text("INSERT INTO promise (n) VALUES (:n)"), {"n": n})
        return [f"stored {n}" for n in units]

    with running(numbers, promise) as writer:
        outcomes = write_all(writer, [1, 2])
        assert all(isinstance(outcome, IntegrityError) for outcome in outcomes)
        with numbers.writing() as session:  # would wait for ever for an open transaction's lock
            insert(session.connection(), [1, 2])
        assert write_all(writer, [1, 2]) == ["stored 1", "stored 2"]
    with pytest.raises(IntegrityError), numbers.writing() as session:
        promise(session.connection(), [3])
    with numbers.writing() as session:
        session.execute(text("DROP TABLE promise"))


def test_a_database_that_goes_down_between_the_single_writes_ends_them(numbers: Database) -> None:
    def write(connection: Connection, units: Sequence[int]) -> list[str]:
        if len(units) > 1:
            raise ValueError("one of them is bad")
        if units[0] >= 5:
            raise OperationalError("INSERT", {}, Exception("the server is gone"))
        return insert(connection, units)

    with running(numbers, write) as writer:
        outcomes = write_all(writer, range(20))
    assert outcomes[:5] == [f"stored {n}" for n in range(5)]
    assert all(isinstance(outcome, Unavailable) for outcome in outcomes[5:])
    assert kept(numbers) == list(range(5))


def test_a_caller_who_goes_away_disturbs_no_other(numbers: Database) -> None:
    gate = threading.Event()

    def write(connection: Connection, units: Sequence[int]) -> list[str]:
        gate.wait(PATIENCE)
        return insert(connection, units)

    async def leave_and_stay(writer: Writer) -> tuple[list[str], bool]:
        leaving = asyncio.create_task(writer.write(1))
        staying = [asyncio.create_task(writer.write(n)) for n in range(2, 12)]
        await asyncio.sleep(0.05)
        leaving.cancel()
        gate.set()
        return await asyncio.gather(*staying), leaving.cancelled() or leaving.cancelling() > 0

    with running(numbers, write) as writer:
        answers, has_left = asyncio.run(leave_and_stay(writer))
    assert has_left
    assert answers == [f"stored {n}" for n in range(2, 12)]
    assert kept(numbers) == list(range(1, 12))  # written all the same: a retry is told so


def test_callers_in_several_loops_are_all_answered(numbers: Database) -> None:
    answers: dict[int, list[str | BaseException]] = {}
    with running(numbers) as writer:
        threads = [
            threading.Thread(
                target=lambda k=k: answers.update(
                    {k: write_all(writer, range(k * 50, k * 50 + 50))}
                )
            )
            for k in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told = sorted(str(a) for some in answers.values() for a in some)
    assert told == sorted(f"stored {n}" for n in range(200))


def test_a_loop_that_ended_does_not_stop_the_writer(numbers: Database) -> None:
    gate = threading.Event()

    def write(connection: Connection, units: Sequence[int]) -> list[str]:
        gate.wait(PATIENCE)
        return insert(connection, units)

    with running(numbers, write) as writer:
        loop = asyncio.new_event_loop()
        task = loop.create_task(writer.write(1))
        loop.run_until_complete(asyncio.sleep(0.05))
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()
        gate.set()
        assert write_all(writer, [2]) == ["stored 2"]
    assert kept(numbers) == [1, 2]


def test_more_than_the_backlog_is_refused_and_the_rest_is_written(numbers: Database) -> None:
    gate = threading.Event()

    def write(_connection: Connection, units: Sequence[int]) -> list[str]:
        gate.wait(PATIENCE)
        return [f"stored {n}" for n in units]

    async def flood(writer: Writer) -> list[str | BaseException]:
        tasks = [asyncio.create_task(writer.write(n)) for n in range(WRITER_BACKLOG + 500)]
        await asyncio.sleep(0.2)
        gate.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    with running(numbers, write) as writer:
        outcomes = asyncio.run(flood(writer))
        refused = [outcome for outcome in outcomes if isinstance(outcome, Unavailable)]
        assert 500 - WRITER_BATCH <= len(refused) <= 500
        assert write_all(writer, [7]) == ["stored 7"]


def test_what_waits_at_the_stop_is_written(numbers: Database) -> None:
    def slowly(connection: Connection, units: Sequence[int]) -> list[str]:
        time.sleep(0.05)
        return insert(connection, units)

    async def send_and_stop(writer: Writer) -> list[str | BaseException]:
        tasks = [asyncio.create_task(writer.write(n)) for n in range(300)]
        await asyncio.sleep(0.02)
        await asyncio.to_thread(writer.stop, PATIENCE)
        late = await asyncio.gather(writer.write(999), return_exceptions=True)
        assert isinstance(late[0], Unavailable)
        return await asyncio.gather(*tasks, return_exceptions=True)

    with running(numbers, slowly) as writer:
        outcomes = asyncio.run(send_and_stop(writer))
    assert outcomes == [f"stored {n}" for n in range(300)]
    assert kept(numbers) == list(range(300))


def test_a_stuck_database_does_not_hold_up_the_stop(numbers: Database) -> None:
    gate, is_stuck = threading.Event(), threading.Event()

    def stuck(_connection: Connection, units: Sequence[int]) -> list[str]:
        is_stuck.set()
        gate.wait(PATIENCE)
        return [f"stored {n}" for n in units]

    async def send_and_stop(writer: Writer) -> list[str | BaseException]:
        first = asyncio.create_task(writer.write(1))
        assert await asyncio.to_thread(is_stuck.wait, PATIENCE)
        waiting = [asyncio.create_task(writer.write(n)) for n in range(2, 12)]
        await asyncio.sleep(0)
        await asyncio.to_thread(writer.stop, 0.2)
        refused = await asyncio.gather(*waiting, return_exceptions=True)
        gate.set()
        assert await first == "stored 1"
        return refused

    with running(numbers, stuck) as writer:
        refused = asyncio.run(send_and_stop(writer))
    assert all(isinstance(outcome, Unavailable) for outcome in refused)


def test_a_database_that_hangs_keeps_nobody_waiting(
    numbers: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than a batch, in several passes of the loop: all are refused, and written later."""
    monkeypatch.setattr(db, "LONGEST_WAITS", dict.fromkeys(db.LONGEST_WAITS, 0.2))
    gate = threading.Event()

    def hanging(connection: Connection, units: Sequence[int]) -> list[str]:
        gate.wait(PATIENCE)
        return insert(connection, units)

    async def send(writer: Writer) -> list[str | BaseException]:
        waiting = []
        for passing in range(3):
            waiting += [asyncio.create_task(writer.write(50 * passing + n)) for n in range(50)]
            await asyncio.sleep(0)
        return await asyncio.gather(*waiting, return_exceptions=True)

    with running(numbers, hanging) as writer:
        refused = asyncio.run(send(writer))
        gate.set()
    assert len(refused) == 150
    assert all(isinstance(outcome, Unavailable) for outcome in refused)
    assert kept(numbers) == list(range(150))


def test_a_writer_that_was_not_started_refuses(numbers: Database) -> None:
    writer: Writer = GroupCommitWriter(numbers, insert)
    assert isinstance(write_all(writer, [1])[0], Unavailable)
    writer.stop()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lost_server_is_found_again(numbers: Database, postgres_server: PostgresServer) -> None:
    """Its connections are cut under the writer, as by a restart of the server."""
    with running(numbers) as writer:
        assert write_all(writer, [1]) == ["stored 1"]
        postgres_server.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        assert write_all(writer, [2]) == ["stored 2"]
    assert kept(numbers) == [1, 2]


def test_every_commit_is_flushed_to_the_disk(database: Database) -> None:
    with database.reading() as session:
        if database.is_sqlite:
            assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL
            assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        else:
            assert session.scalar(text("SHOW synchronous_commit")) == "on"
