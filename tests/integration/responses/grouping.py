"""A grouping writer of whole numbers, each stored once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from app.db import Database, GroupCommitWriter

Writer = GroupCommitWriter[int, str]
Write = Callable[[Connection, Sequence[int]], Sequence[str]]
PATIENCE = 120.0


def insert(connection: Connection, units: Sequence[int]) -> list[str]:
    for n in units:
        connection.execute(text("INSERT INTO numbers (n) VALUES (:n)"), {"n": n})
    return [f"stored {n}" for n in units]


@contextmanager
def running(database: Database, write: Write = insert) -> Iterator[Writer]:
    writer: Writer = GroupCommitWriter(database, write)
    writer.start()
    try:
        yield writer
    finally:
        writer.stop()


def write_all(writer: Writer, units: Sequence[int]) -> list[str | BaseException]:
    async def together() -> list[str | BaseException]:
        return await asyncio.gather(*(writer.write(n) for n in units), return_exceptions=True)

    return asyncio.run(together())


def kept(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT n FROM numbers ORDER BY n")))
