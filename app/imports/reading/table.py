"""A table as it was read, and the bounds that every file must keep."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from app.errors import BadInput
from app.privacy.fingerprints import hash_rows

MOST_BYTES: Final = 8 * 1024 * 1024
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 400
LONGEST_CELL: Final = 4_000
LONGEST_KEY: Final = 1_000
# More different contents than any list of answers has: a number, or words of people's own.
MOST_CONTENTS: Final = 60

Tool = Literal["SurveyMonkey", "Google Forms", "LimeSurvey", "KoboToolbox", "Qualtrics", "other"]
Why = Literal[
    "name",
    "e_mail",
    "telephone",
    "address",
    "network_address",
    "position",
    "time",
    "device",
    "record",
]
Rows = list[list[str]]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they stand in the file; `read_as` says how its bytes were understood."""

    rows: Rows
    read_as: str


@dataclass(frozen=True, slots=True)
class Heading:
    """What was asked, and the row of a grid or the option that the column is for.

    `never`: the tool itself says that the column answers no question.
    """

    question: str
    part: str = ""
    never: Why | None = None

    @property
    def words(self) -> str:
        return f"{self.question} [{self.part}]" if self.part else self.question


Headed = tuple[list[Heading], Rows]


@dataclass(frozen=True)
class Column:
    """One column. `key` names it among the others; `part` is its row of a grid, or its option.

    A column that is never imported has a reason and no cells.
    """

    key: str
    question: str
    part: str
    filled: int
    cells: tuple[str, ...]
    never: Why | None = None

    @cached_property
    def contents(self) -> Counter[str]:
        """Each different content and how often it stands there; empty cells left out."""
        return Counter(cell for cell in self.cells if cell)

    @property
    def is_list(self) -> bool:
        """Whether its contents can be the answers of a list."""
        return 0 < len(self.contents) <= MOST_CONTENTS

    def parted(self, separator: str | None) -> Counter[str]:
        """The contents, taken apart where several answers stand in one cell."""
        if separator is None:
            return self.contents
        found = Counter[str]()
        for content, n in self.contents.items():
            for part in split_cell(content, separator):
                found[part] += n
        return found


@dataclass(frozen=True)
class Reading:
    """A file as it was read: all columns but the contents of those that are never imported."""

    tool: Tool
    read_as: str
    columns: tuple[Column, ...]

    @property
    def n_rows(self) -> int:
        return max((len(column.cells) for column in self.columns), default=0)

    @property
    def kept(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.never is None)

    @property
    def headings_hash(self) -> str:
        """Known again by its headings in whatever order, as exports of another month have them."""
        return hash_rows(key.encode() for key in sorted(column.key for column in self.columns))

    def column(self, key: str) -> Column | None:
        return next((column for column in self.columns if column.key == key), None)


def split_cell(content: str, separator: str) -> list[str]:
    return [part for piece in content.split(separator) if (part := piece.strip())]


def checked_rows(rows: Rows) -> Rows:
    """Cells in one spelling, rows of one length, nothing larger than an export of answers is."""
    if len(rows) > MOST_ROWS + 2:
        raise BadInput("imports.many_rows", most=MOST_ROWS)
    width = len(rows[0]) if rows else 0
    if width > MOST_COLUMNS:
        raise BadInput("imports.many_columns", most=MOST_COLUMNS)
    return [_checked(line, row, width) for line, row in enumerate(rows, 1)]


def _checked(line: int, row: Sequence[str], width: int) -> list[str]:
    for place, cell in enumerate(row, 1):
        if len(cell) > LONGEST_CELL:
            raise BadInput("imports.long_cell", row=line, column=place, most=LONGEST_CELL)
    cells = [_tidy(cell) for cell in row]
    return cells + [""] * (width - len(cells))


def _tidy(cell: str) -> str:
    """One space between words: exports break lines and use spaces that do not break."""
    if cell.isascii() and cell.isalnum():
        return cell
    return " ".join(unicodedata.normalize("NFC", cell).split())
