"""Engine, sessions and the grouping writer: the only module that ends a transaction."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated, Any, Final, Generic, TypeVar

from fastapi import Depends, Request
from sqlalchemy import (
    Connection,
    DateTime,
    Dialect,
    Engine,
    MetaData,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app.errors import Unavailable

BUSY_MILLISECONDS: Final = 5000
WRITER_BATCH: Final = 64
WRITER_BACKLOG: Final = 2000
STOP_SECONDS: Final = 10

POSTGRES_OPTIONS: Final = (
    "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000 -c timezone=UTC"
)
WEB_STATEMENT_SECONDS: Final = 5


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Database:
    """One engine and the two ways to use it: a transaction that reads, and one that writes."""

    def __init__(
        self, url: str, *, pool_size: int = 10, statement_seconds: int = WEB_STATEMENT_SECONDS
    ) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = (
            self._sqlite() if self.is_sqlite else self._postgres(pool_size, statement_seconds)
        )

    def _sqlite(self) -> Engine:
        if self.url.database:
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args={"timeout": BUSY_MILLISECONDS / 1000, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine

    def _postgres(self, pool_size: int, statement_seconds: int) -> Engine:
        options = f"{POSTGRES_OPTIONS} -c statement_timeout={statement_seconds * 1000}"
        return create_engine(
            self.url,
            hide_parameters=True,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=2,
            pool_pre_ping=True,
            connect_args={"connect_timeout": 3, "options": options},
        )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with _unavailable_when_down(), Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        with (
            _unavailable_when_down(),
            self.engine.connect().execution_options(rapport_writes=True) as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session
            session.commit()

    def dispose(self) -> None:
        self.engine.dispose()


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_MILLISECONDS}",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("rapport_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _unavailable_when_down() -> Iterator[None]:
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
        raise Unavailable("The database cannot be reached. Try again in a moment.") from exc


def _session(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.database
    with database.writing() as session:
        yield session


# scope="function" commits before the reply is sent: a failed commit must not look like success.
SessionDep = Annotated[Session, Depends(_session, scope="function")]

Unit = TypeVar("Unit")
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class _Pending(Generic[Unit, Outcome]):
    unit: Unit
    outcome: Future[Outcome]


class GroupCommitWriter(Generic[Unit, Outcome]):
    """Writes many units in one transaction and answers each caller after the fsync.

    `write_batch` gets a connection inside a transaction and returns one outcome for each unit. When
    a batch fails, its units are written one by one, so that one bad unit refuses no other; when the
    database is down, all are refused at once.
    """

    def __init__(
        self,
        database: Database,
        write_batch: Callable[[Connection, Sequence[Unit]], Sequence[Outcome]],
    ) -> None:
        self._database = database
        self._write_batch = write_batch
        self._queue: SimpleQueue[_Pending[Unit, Outcome] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="group-commit-writer", daemon=True)
        self._accepts = False

    def start(self) -> None:
        self._accepts = True
        self._thread.start()

    def stop(self) -> None:
        """Write what is waiting, then end."""
        self._accepts = False
        self._queue.put(None)
        self._thread.join(STOP_SECONDS)

    async def write(self, unit: Unit) -> Outcome:
        if not self._accepts or self._queue.qsize() > WRITER_BACKLOG:
            raise Unavailable("Too many answers are waiting to be stored. Try again in a moment.")
        pending: _Pending[Unit, Outcome] = _Pending(unit, Future())
        self._queue.put(pending)
        return await asyncio.wrap_future(pending.outcome)

    def _run(self) -> None:
        is_running = True
        while is_running:
            batch: list[_Pending[Unit, Outcome]] = []
            waiting = self._queue.get()
            while waiting is not None:
                batch.append(waiting)
                if len(batch) == WRITER_BATCH or self._queue.empty():
                    break
                waiting = self._queue.get()
            is_running = waiting is not None
            if batch:
                self._settle(batch)

    def _settle(self, batch: list[_Pending[Unit, Outcome]]) -> None:
        try:
            outcomes = self._commit([pending.unit for pending in batch])
        except (OperationalError, InterfaceError, PoolTimeoutError) as exc:
            refusal = Unavailable("The answer could not be stored. Try again in a moment.")
            refusal.__cause__ = exc
            for pending in batch:
                _refuse(pending.outcome, refusal)
        except Exception as exc:  # noqa: BLE001 - whatever one unit raised must not stop the writer
            if len(batch) == 1:
                _refuse(batch[0].outcome, exc)
                return
            for pending in batch:
                self._settle([pending])
        else:
            for pending, outcome in zip(batch, outcomes, strict=True):
                if pending.outcome.set_running_or_notify_cancel():
                    pending.outcome.set_result(outcome)

    def _commit(self, units: Sequence[Unit]) -> Sequence[Outcome]:
        with self._database.engine.connect().execution_options(rapport_writes=True) as connection:
            outcomes = self._write_batch(connection, units)
            connection.commit()
            return outcomes


def _refuse(outcome: Future[Any], reason: BaseException) -> None:
    if outcome.set_running_or_notify_cancel():
        outcome.set_exception(reason)
