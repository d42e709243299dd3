"""Engine, sessions and the grouping writer: the only module that ends a transaction."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import SimpleQueue
from typing import Annotated, Any, Final, Generic, Self, TypeVar

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
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from app import sqlite
from app.errors import Misconfigured, Unavailable
from app.tenancy import ACTOR, Actor, DatabaseRole, begin_as_actor

WRITER_BATCH: Final = 64
WRITER_BACKLOG: Final = 2000
GATHER_SECONDS: Final = 0.004
STOP_SECONDS: Final = 10
# How long a caller of the writer waits. The one write lock of SQLite may rightly be held for long.
LONGEST_WAITS: Final = {"sqlite": 6.0, "postgresql": 2.5}
LEAST_FREE_BYTES: Final = 64 * 1024 * 1024
WEB_STATEMENT_SECONDS: Final = 5

# What says nothing about the statement: the database is away, locked, full, or has no free place.
_DOWN: Final = (OperationalError, InterfaceError, PoolTimeoutError)


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
        self,
        url: str,
        *,
        pool_size: int = 10,
        statement_seconds: int = WEB_STATEMENT_SECONDS,
        role: DatabaseRole | None = None,
    ) -> None:
        """Without a role the account of the address acts: for migrations alone."""
        try:
            self.url = make_url(url)
        except ArgumentError as exc:
            raise Misconfigured(
                "RAPPORT_DATABASE_URL is no address of a database. Write sqlite:///FILE or "
                "postgresql+psycopg://USER:PASSWORD@HOST/NAME."
            ) from exc
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.actor: Actor | None = None if role is None or self.is_sqlite else (role, "")
        self.engine = (
            self._sqlite() if self.is_sqlite else self._postgres(pool_size, statement_seconds)
        )
        event.listen(self.engine, "checkin", _end_open_transaction)
        if not self.is_sqlite:
            event.listen(self.engine, "begin", begin_as_actor)

    def acting_as(self, role: DatabaseRole | None, agency_id: str = "") -> Self:
        """The same database and pool, whose transactions see what the role may see."""
        other = copy(self)
        other.actor = None if role is None or self.is_sqlite else (role, agency_id)
        return other

    def connection_options(self) -> dict[str, Any]:
        """For a connection whose transactions write."""
        return {sqlite.BEGIN: sqlite.WRITES, ACTOR: self.actor}

    def _sqlite(self) -> Engine:
        engine = create_engine(
            self.url,
            hide_parameters=True,
            connect_args=sqlite.CONNECT_ARGUMENTS,
        )
        event.listen(engine, "connect", sqlite.prepare)
        event.listen(engine, "begin", sqlite.begin)
        return engine

    def _postgres(self, pool_size: int, statement_seconds: int) -> Engine:
        from app import postgres  # noqa: PLC0415 - SQLite does without its driver

        options = postgres.engine_options(pool_size=pool_size, statement_seconds=statement_seconds)
        engine = create_engine(self.url, hide_parameters=True, **options)
        postgres.make_patient(engine, statement_seconds)
        return engine

    @contextmanager
    def reading(self) -> Iterator[Session]:
        engine = self.engine.execution_options(**{ACTOR: self.actor})
        with _unavailable_when_down(), Session(engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when it raises."""
        with (
            _unavailable_when_down(),
            self.engine.connect().execution_options(**self.connection_options()) as connection,
            Session(connection, expire_on_commit=False) as session,
        ):
            yield session
            session.commit()

    @contextmanager
    def outside_transactions(self) -> Iterator[Connection]:
        """For what refuses to run inside one, such as VACUUM, and may take its time."""
        own = self.engine.execution_options(**{sqlite.BEGIN: None})
        if not self.is_sqlite:
            own = own.execution_options(isolation_level="AUTOCOMMIT")
        with _unavailable_when_down(), own.connect() as connection:
            if not self.is_sqlite:
                connection.exec_driver_sql("SET statement_timeout = 0")
                driver: Any = connection.connection.driver_connection
                driver.patience = None
            try:
                yield connection
            finally:
                connection.invalidate()  # its settings must not reach the next who borrows it

    @contextmanager
    def rebuilding(self) -> Iterator[Session]:
        """One transaction that may make tables anew; in SQLite nothing looks at references."""
        if not self.is_sqlite:
            with self.writing() as session:
                yield session
            return
        own = self.engine.execution_options(**{sqlite.BEGIN: None})
        with _unavailable_when_down(), own.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql(sqlite.WRITES)
            try:
                with Session(connection) as session:
                    yield session
                    session.flush()
                    connection.commit()
            finally:
                connection.invalidate()  # its settings must not reach the next who borrows it

    def make_file(self) -> None:
        """SQLite gives the files beside it the rights of this one: nobody else may read answers."""
        if self.is_sqlite and self.url.database:
            file = Path(self.url.database)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch(mode=0o600)

    def is_missing(self) -> bool:
        return self.is_sqlite and not Path(self.url.database or "").exists()

    def refuse_full_disk(self) -> None:
        """Leave room to close, count and back up what has been accepted."""
        if not self.is_sqlite or not self.url.database:
            return
        if shutil.disk_usage(Path(self.url.database).parent).free < LEAST_FREE_BYTES:
            raise Unavailable("The disk is nearly full, so nothing more can be stored.")

    def dispose(self) -> None:
        self.engine.dispose()


def _end_open_transaction(connection: Any, _record: object) -> None:
    """After a COMMIT that failed, SQLAlchemy hands the connection on with its transaction open."""
    if connection is not None and not getattr(connection, "closed", False):
        connection.rollback()


@contextmanager
def _unavailable_when_down() -> Iterator[None]:
    try:
        yield
    except _DOWN as exc:
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
class _Waiting(Generic[Unit, Outcome]):
    """One unit, and the caller that waits for its outcome."""

    unit: Unit
    caller: asyncio.Future[Outcome]


class GroupCommitWriter(Generic[Unit, Outcome]):
    """Writes many units in one transaction and answers each caller after the fsync.

    `write_batch` gets a connection inside a transaction and returns one outcome for each unit. When
    a batch fails, its units are written one by one, so that one bad unit refuses no other; when the
    database is down or full, all are refused at once, and where it hangs, each after a while. A
    unit whose caller has gone is still written: its sender may not have heard, and will find on
    trying again that it has arrived.
    """

    def __init__(
        self,
        database: Database,
        write_batch: Callable[[Connection, Sequence[Unit]], Sequence[Outcome]],
    ) -> None:
        self._database = database
        self._write_batch = write_batch
        self._patience = LONGEST_WAITS[database.url.get_backend_name()]
        self._waiting: deque[_Waiting[Unit, Outcome]] = deque()
        self._bell: SimpleQueue[None] = SimpleQueue()
        self._passes: dict[asyncio.AbstractEventLoop, list[asyncio.Future[Outcome]]] = {}
        self._thread = threading.Thread(target=self._run, name="group-commit-writer", daemon=True)
        self._door = threading.Lock()  # nothing enters once the writer no longer accepts
        self._accepts = False

    def start(self) -> None:
        self._accepts = True
        self._thread.start()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Write what is waiting, then end; what a stuck database has not taken by then is refused.

        Blocks: in a running event loop, call it from a thread, or the callers cannot be answered.
        """
        with self._door:
            if not self._accepts:
                return
            self._accepts = False
        self._bell.put(None)
        self._thread.join(seconds)
        if self._thread.is_alive():
            _answer([(waiting, _refusal(None)) for waiting in self._take(WRITER_BACKLOG)])

    async def write(self, unit: Unit) -> Outcome:
        loop = asyncio.get_running_loop()
        caller: asyncio.Future[Outcome] = loop.create_future()
        with self._door:
            if not self._accepts or len(self._waiting) >= WRITER_BACKLOG:
                raise _refusal(None)
            self._waiting.append(_Waiting(unit, caller))
        if loop not in self._passes:
            self._passes[loop] = []
            loop.call_soon(self._end_pass, loop)
        self._passes[loop].append(caller)
        return await caller

    def _end_pass(self, loop: asyncio.AbstractEventLoop) -> None:
        """What one pass of the loop brought joins a batch, and shares a bell and a watch.

        A bell for each at once let the threads fight for the interpreter, a third of a sheet's CPU.
        """
        self._bell.put(None)
        loop.call_later(self._patience, _refuse_hung, self._passes.pop(loop))

    def _take(self, most: int) -> list[_Waiting[Unit, Outcome]]:
        with self._door:
            return [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]

    def _run(self) -> None:
        while self._accepts or self._waiting:
            if self._accepts:
                if not self._waiting:  # what a full batch left behind has had its bell
                    self._bell.get()
                if len(self._waiting) > 1:  # a crowd: more come at once; a lone unit never waits
                    time.sleep(GATHER_SECONDS)
            batch = self._take(WRITER_BATCH)
            if batch:
                self._settle(batch)

    def _settle(self, batch: list[_Waiting[Unit, Outcome]]) -> None:
        try:
            outcomes = self._commit([waiting.unit for waiting in batch])
        except Exception as exc:  # noqa: BLE001 - whatever one unit raised must not stop the writer
            if isinstance(exc, (*_DOWN, Unavailable)):
                _answer([(waiting, _refusal(exc)) for waiting in batch])
            elif len(batch) == 1:
                _answer([(batch[0], exc)])
            else:
                self._settle_singly(batch)
        else:
            _answer(list(zip(batch, outcomes, strict=True)))

    def _settle_singly(self, batch: list[_Waiting[Unit, Outcome]]) -> None:
        """Each in a transaction of its own, unless the database goes down on the way."""
        answers: list[tuple[_Waiting[Unit, Outcome], Outcome | Exception]] = []
        down: Exception | None = None
        for waiting in batch:
            if down is not None:
                answers.append((waiting, _refusal(down)))
                continue
            try:
                answers.append((waiting, self._commit([waiting.unit])[0]))
            except (*_DOWN, Unavailable) as exc:
                down = exc
                answers.append((waiting, _refusal(exc)))
            except Exception as exc:  # noqa: BLE001 - this unit alone is at fault
                answers.append((waiting, exc))
        _answer(answers)

    def _commit(self, units: Sequence[Unit]) -> Sequence[Outcome]:
        options = self._database.connection_options()
        with self._database.engine.connect().execution_options(**options) as connection:
            self._database.refuse_full_disk()
            outcomes = self._write_batch(connection, units)
            if len(outcomes) != len(units):
                raise ValueError(f"{len(units)} units were written with {len(outcomes)} outcomes")
            connection.commit()
            return outcomes


def _refusal(reason: BaseException | None) -> Unavailable:
    refusal = Unavailable("The answer could not be stored. Try again in a moment.")
    refusal.__cause__ = reason
    return refusal


def _refuse_hung(callers: Sequence[asyncio.Future[Outcome]]) -> None:
    _wake([(caller, _refusal(None)) for caller in callers if not caller.done()])


def _answer(
    answers: Sequence[tuple[_Waiting[Unit, Outcome], Outcome | Exception]],
) -> None:
    """Wake the callers: one call into each event loop, however many wait there."""
    by_loop: dict[
        asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Outcome], Outcome | Exception]]
    ] = {}
    for waiting, answer in answers:
        by_loop.setdefault(waiting.caller.get_loop(), []).append((waiting.caller, answer))
    for loop, own in by_loop.items():
        with suppress(RuntimeError):  # the loop has ended, and its callers with it
            loop.call_soon_threadsafe(_wake, own)


def _wake(answers: Sequence[tuple[asyncio.Future[Outcome], Outcome | Exception]]) -> None:
    for caller, answer in answers:
        if caller.done():
            continue
        if isinstance(answer, Exception):
            caller.set_exception(answer)
        else:
            caller.set_result(answer)
