"""All tables of one kind as one: a row says which part of the report it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from app.reports.formats.blocks import Block, Box, Heading
from app.reports.reading.number_tables import Table
from app.reports.reading.wording import Wording
from app.reports.reading.written import Several, Written

_PLACES = ("interval_from", "interval_to")


@dataclass(frozen=True, slots=True)
class LongTable:
    """One cell one number; the first two columns say of what."""

    name: str
    heading: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def is_text(self, column: int) -> bool:
        cells = [row[column] for row in self.rows]
        return any(cell and not isinstance(cell, Written) for cell in cells)


def long_tables(blocks: Iterable[Block], wording: Wording) -> list[LongTable]:
    kinds: dict[tuple[str, tuple[str, ...]], list[tuple[str, Table]]] = {}
    for title, table in _titled(blocks, ""):
        kinds.setdefault((table.kind, table.heading), []).append((title, table))
    seen: dict[str, int] = {}
    made = []
    for (kind, heading), tables in kinds.items():
        seen[kind] = seen.get(kind, 0) + 1
        name = wording(f"sheet_{kind}")
        numbered = name if seen[kind] == 1 else f"{name} {seen[kind]}"
        made.append(_long_table(numbered, heading, tables, wording))
    return made


def _titled(blocks: Iterable[Block], title: str) -> Iterator[tuple[str, Table]]:
    """Each table under the heading that it stands under."""
    for block in blocks:
        if isinstance(block, Heading):
            title = block.text
        elif isinstance(block, Table):
            yield title, block
        elif isinstance(block, Box):
            yield from _titled(block.blocks, title)


def _long_table(
    name: str, heading: tuple[str, ...], tables: list[tuple[str, Table]], wording: Wording
) -> LongTable:
    rows = [(title, table.caption, *row) for title, table in tables for row in table.rows]
    titles = (wording("long_part"), wording("long_table"), *heading)
    widths = [
        max((len(_numbers(row[column])) for row in rows), default=1)
        for column in range(len(titles))
    ]
    parted = (_parted(t, w, wording) for t, w in zip(titles, widths, strict=True))
    return LongTable(
        name,
        tuple(chain.from_iterable(parted)),
        tuple(
            tuple(chain.from_iterable(_padded(c, w) for c, w in zip(row, widths, strict=True)))
            for row in rows
        ),
    )


def _numbers(cell: str) -> tuple[str, ...]:
    return cell.numbers if isinstance(cell, Several) else (cell,)


def _padded(cell: str, width: int) -> tuple[str, ...]:
    numbers = _numbers(cell)
    return numbers + ("",) * (width - len(numbers))


def _parted(title: str, width: int, wording: Wording) -> tuple[str, ...]:
    """One title a number: the last two of several are an interval."""
    if width == 1:
        return (title,)
    ends = tuple(wording("row", name=title, part=wording(place)) for place in _PLACES)
    return (title,) * (width - len(ends)) + ends
