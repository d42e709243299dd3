"""After the count nobody can tell whose answers are whose, whatever is read of the database.

A thousand people answer in random order, each sheet unlike any other. Every attacker claims an
order of arrival. One exact link is what chance gives; the bounds are passed by chance once in ten
thousand million runs. The same attackers find all thousand where a naive design keeps a ledger.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select, text

from analysis.codebook import canonical_json
from app.backups.target import BackupTarget
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id
from app.responses.count import count_wave
from app.responses.sheet import Sheet
from app.responses.tables import intake, response
from tests.attack.attackers import (
    Order,
    exact_links,
    files_below,
    kendall_tau,
    needles_found,
    order_in_bytes,
    orders_in_table,
)
from tests.conftest import PostgresServer
from tests.factories import core_trust
from tests.integration.responses.sheets import Wave, fill, sealed_wave, sheet
from tests.integration.retention.files import sample

PEOPLE: Final = 1000
MOST_EXACT_LINKS: Final = 13  # Poisson with mean 1: more once in 2e11
HIGHEST_TAU: Final = 0.15  # 7 standard deviations of Kendall's tau among 1,000
# Over many counts chance evens out, and the averages can be held to the figures of the plan.
COUNTS: Final = 20
EXACT_LINKS_ON_AVERAGE: Final = 5
TAU_ON_AVERAGE: Final = 0.06
MIDDLE: Final = slice(200, 264)


@dataclass(frozen=True)
class Fielded:
    """A counted wave, and what only the test knows: who came when."""

    database: Database
    wave: Wave
    arrivals: dict[str, int]
    nonces: list[bytes]
    sealed: dict[bytes, bytes]
    backup_after: Path

    @property
    def arrivals_of_bytes(self) -> dict[bytes, int]:
        return {answers.encode(): arrival for answers, arrival in self.arrivals.items()}


def unlike_any_other(people: int) -> list[Sheet]:
    """Sheets in random order, whose answers spell a number each; unlike those of other tests."""
    chance = random.SystemRandom()
    questions = max((scale.items for scale in core_trust().scales), key=len)
    assert len(questions) >= 10
    background = {**sheet().answers, **{q: chance.randint(1, 4) for q in questions[5:]}}
    numbers = list(range(people))
    chance.shuffle(numbers)
    return [
        sheet(answers=background | {q: 1 + n // 4**k % 4 for k, q in enumerate(questions[:5])})
        for n in numbers
    ]


def data_files(database: Database, request: pytest.FixtureRequest) -> list[Path]:
    """Database, write-ahead log, and on PostgreSQL every other file of the server."""
    if database.is_sqlite:
        file = Path(str(database.url.database))
        return sorted(file.parent.glob(file.name + "*"))
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.run("CHECKPOINT")
    return files_below(Path(str(server.url.query["host"])))


def without_log(files: Sequence[Path]) -> list[Path]:
    """PostgreSQL keeps its log for days, sealed sheets included: they outlive their key there."""
    return [file for file in files if "pg_wal" not in file.parts]


@pytest.fixture
def fielded(
    request: pytest.FixtureRequest,
    database: Database,
    wave: Wave,
    count_keys: CountKeyStore,
    backups: BackupTarget,
) -> Fielded:
    return fielded_and_counted(request, database, wave, count_keys, backups)


def fielded_and_counted(
    request: pytest.FixtureRequest,
    database: Database,
    wave: Wave,
    count_keys: CountKeyStore,
    backups: BackupTarget,
) -> Fielded:
    sheets = unlike_any_other(PEOPLE)
    nonces = fill(database, wave, sheets)
    with database.reading() as session:
        sealed = {row.id: row.ct for row in session.execute(select(intake))}
    some = [sealed[intake_id(nonce)][MIDDLE] for nonce in nonces[::10]]
    sample(database)
    assert needles_found(data_files(database, request), some) == len(some)
    count_wave(database, count_keys, wave.agency_id, wave.wave_id, backups=backups)
    arrivals = {canonical_json(each.answers): place for place, each in enumerate(sheets)}
    assert len(arrivals) == PEOPLE
    (after,) = (path for path in backups.folder.iterdir() if path.stem.endswith("-after"))
    return Fielded(database, wave, arrivals, nonces, sealed, after)


def orders_of(fielded: Fielded, request: pytest.FixtureRequest) -> Iterator[tuple[str, Order]]:
    yield from orders_in_table(fielded.database, "response", fielded.arrivals)
    files, known = data_files(fielded.database, request), fielded.arrivals_of_bytes
    yield "files of the database", order_in_bytes(without_log(files), known)
    yield (
        "write-ahead log",
        order_in_bytes([f for f in files if f not in without_log(files)], known),
    )
    if fielded.database.is_sqlite:
        yield "backup", order_in_bytes([fielded.backup_after], known)
    else:
        programs: Path = request.getfixturevalue("postgres_programs")
        yield "backup", order_in_bytes([unpacked(fielded.backup_after, programs)], known)


def unpacked(dump: Path, programs: Path) -> Path:
    """The dump of PostgreSQL as the statements it would be restored by."""
    script = dump.with_suffix(".sql")
    command = [str(programs / "pg_restore"), f"--file={script}", str(dump)]
    subprocess.run(command, check=True)  # noqa: S603 - a program and a file of the tests
    return script


def test_no_order_that_the_database_shows_is_the_order_of_arrival(
    fielded: Fielded, request: pytest.FixtureRequest
) -> None:
    tried = {name: order for name, order in orders_of(fielded, request) if order}
    assert {len(order) for order in tried.values()} <= set(range(PEOPLE // 2, PEOPLE + 1))
    links = {name: exact_links(order) for name, order in tried.items()}
    taus = {name: round(kendall_tau(order), 3) for name, order in tried.items()}
    assert {name: n for name, n in links.items() if n > MOST_EXACT_LINKS} == {}
    assert {name: tau for name, tau in taus.items() if abs(tau) > HIGHEST_TAU} == {}


@pytest.mark.proof
def test_over_many_counts_every_attacker_does_as_well_as_chance(
    request: pytest.FixtureRequest,
    database: Database,
    count_keys: CountKeyStore,
    backups: BackupTarget,
) -> None:
    links: dict[str, list[int]] = {}
    taus: dict[str, list[float]] = {}
    for _ in range(COUNTS):
        wave = sealed_wave(database, count_keys)
        fielded = fielded_and_counted(request, database, wave, count_keys, backups)
        tried = (found for found in orders_of(fielded, request) if found[1])
        for name, order in tried:
            links.setdefault(name, []).append(exact_links(order))
            taus.setdefault(name, []).append(kendall_tau(order))
        shutil.rmtree(backups.folder)
        with database.writing() as session:  # so that the next backup does not look for them
            session.execute(text("UPDATE wave SET state = 'erased'"))
            session.execute(text("DELETE FROM response"))
    assert all(sum(found) <= EXACT_LINKS_ON_AVERAGE * COUNTS for found in links.values()), links
    assert all(abs(sum(found)) <= TAU_ON_AVERAGE * COUNTS for found in taus.values()), taus


def test_who_holds_the_phone_or_an_old_backup_finds_no_response(fielded: Fielded) -> None:
    """Nonces, and the order and ids of the sealed sheets, say nothing about the opened ones."""
    with fielded.database.reading() as session:
        rows = session.execute(select(response.c.id, response.c.answers).order_by(response.c.id))
        place_of = {
            fielded.arrivals[canonical_json(answers)]: place
            for place, (_, answers) in enumerate(rows)
        }
        ids = set(session.scalars(select(response.c.id)))
    held = {*fielded.sealed, *fielded.nonces, *(ct[:16] for ct in fielded.sealed.values())}
    assert not ids & held
    arrival_of = {intake_id(nonce): arrival for arrival, nonce in enumerate(fielded.nonces)}
    for order in (sorted(fielded.sealed), list(fielded.sealed)):
        places = [place_of[arrival_of[key]] for key in order]
        assert exact_links(places) <= MOST_EXACT_LINKS
        assert abs(kendall_tau(places)) <= HIGHEST_TAU


def test_no_byte_of_a_sealed_sheet_is_left(
    fielded: Fielded, request: pytest.FixtureRequest
) -> None:
    files = without_log(data_files(fielded.database, request))
    step = 1 if fielded.database.is_sqlite else 10
    pieces = [ct[MIDDLE] for ct in list(fielded.sealed.values())[::step]]
    assert needles_found(files, pieces) == 0


def test_all_responses_came_in_one_transaction(fielded: Fielded) -> None:
    if fielded.database.is_sqlite:
        statement = "SELECT sql FROM sqlite_schema WHERE name IN ('response', 'intake')"
    else:
        statement = "SELECT DISTINCT xmin::text FROM response"
    with fielded.database.reading() as session:
        found = session.scalars(text(statement)).all()
    if fielded.database.is_sqlite:
        assert all("WITHOUT ROWID" in sql for sql in found)
        assert len(found) == 2
    else:
        assert len(found) == 1


@pytest.fixture
def naive(database: Database) -> Iterator[Database]:
    """A used code and its answer, each in the same transaction, as many tools do it."""
    key = "n INTEGER PRIMARY KEY AUTOINCREMENT" if database.is_sqlite else "n serial PRIMARY KEY"
    with database.writing() as session:
        session.execute(text("CREATE TABLE naive_code (code TEXT)"))
        session.execute(text(f"CREATE TABLE naive_response ({key}, id BYTEA, answers TEXT)"))
    yield database
    with database.writing() as session:
        session.execute(text("DROP TABLE naive_code"))
        session.execute(text("DROP TABLE naive_response"))


def test_the_same_attackers_find_everyone_in_a_naive_design(
    naive: Database, request: pytest.FixtureRequest
) -> None:
    arrivals: dict[str, int] = {}
    add = text("INSERT INTO naive_response (id, answers) VALUES (:id, :answers)")
    for place, each in enumerate(unlike_any_other(PEOPLE)):
        answers = canonical_json(each.answers)
        arrivals[answers] = place
        with naive.writing() as session:
            session.execute(text("INSERT INTO naive_code VALUES (:code)"), {"code": str(place)})
            session.execute(add, {"id": os.urandom(16), "answers": answers})
    hidden = ("rowid",) if naive.is_sqlite else ()
    orders = dict(orders_in_table(naive, "naive_response", arrivals, extra=hidden))
    known = {answers.encode(): place for answers, place in arrivals.items()}
    orders["bytes"] = order_in_bytes(data_files(naive, request), known)
    caught = {name for name, order in orders.items() if exact_links(order) >= PEOPLE * 0.99}
    expected = {"as it lies", *(hidden or ("ctid", "xmin::text::bigint"))}
    assert {f"naive_response by {name}" for name in expected} <= caught
    assert abs(kendall_tau(orders["bytes"])) > 0.9


def test_one_join_on_a_hidden_column_names_everyone_in_a_naive_design(naive: Database) -> None:
    """PostgreSQL writes the transaction into each row: two tables of one transaction are one."""
    if naive.is_sqlite:
        join = "naive_code c JOIN naive_response r ON c.rowid = r.rowid"
    else:
        join = "naive_code c JOIN naive_response r ON c.xmin = r.xmin"
    for place in range(300):
        with naive.writing() as session:
            session.execute(text("INSERT INTO naive_code VALUES (:n)"), {"n": str(place)})
            session.execute(
                text("INSERT INTO naive_response (answers) VALUES (:n)"), {"n": str(place)}
            )
    with naive.reading() as session:
        same = text(f"SELECT count(*) FROM {join} WHERE c.code = r.answers")  # noqa: S608 - the two texts above
        assert session.scalar(same) == 300
