"""What an insider with database, log and backups would try, after a count and before it.

Each attacker gives an order of the responses and claims that it is the order of arrival.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np
from sqlalchemy import text

from app.db import Database
from tests.attack.canaries.scanner import Scanner

Order = list[int]
ANSWERS: Final = re.compile(rb'\{"[a-z][^{}\x00]{200,4000}?\}')
POSTGRES_COLUMNS: Final = ("ctid", "xmin::text::bigint", "xmax::text::bigint", "id")
SQLITE_COLUMNS: Final = ("id",)


def exact_links(order: Order) -> int:
    """How many people are found in their very place. By chance it is one."""
    return sum(arrival == place for place, arrival in enumerate(order))


def kendall_tau(order: Order) -> float:
    """1 for the order of arrival, -1 for its reverse, about 0 for no relation."""
    arrivals = np.array(order)
    later = np.triu(np.ones((len(order), len(order)), dtype=bool), 1)
    return float(np.sign(arrivals[None, :] - arrivals[:, None])[later].mean())


def orders_in_table(
    database: Database, table: str, arrivals: Mapping[str, int], extra: Sequence[str] = ()
) -> Iterator[tuple[str, Order]]:
    """Every order that SQL can show, hidden columns included. Ties stay as the table has them."""
    columns = (*(SQLITE_COLUMNS if database.is_sqlite else POSTGRES_COLUMNS), *extra)
    question = f"SELECT CAST(answers AS TEXT) FROM {table}"  # noqa: S608 - a table of the test
    orders = {"as it lies": "", **{column: f" ORDER BY {column}" for column in columns}}
    with database.reading() as session:
        for name, order in orders.items():
            rows = session.scalars(text(question + order)).all()
            yield f"{table} by {name}", [arrivals[answers] for answers in rows]


def order_in_bytes(files: Sequence[Path], arrivals: Mapping[bytes, int]) -> Order:
    """By first appearance, whatever the bytes around it are: free pages, logs, backups."""
    seen: dict[int, None] = {}
    for content in contents_of(files):
        for found in ANSWERS.finditer(content):
            if found[0] in arrivals:
                seen.setdefault(arrivals[found[0]])
    return list(seen)


def needles_found(files: Sequence[Path], needles: Sequence[bytes]) -> int:
    scanner = Scanner({needle: needle.hex() for needle in needles})
    return len(set().union(*map(scanner.found_in, contents_of(files))))


def files_below(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]


def contents_of(files: Iterable[Path]) -> Iterator[bytes]:
    """A running server takes some of its files away between the listing and the reading."""
    for file in files:
        with suppress(FileNotFoundError):
            yield file.read_bytes()
