"""Stata .dta: missing answers as extended missing values, so that no mean ever counts a -1.

`.a` don't know, `.b` prefer not to say, `.c` skipped, `.d` not shown; further codes that count as
missing, such as "does not apply", take the letters after these, the same in every column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Any, Final

import pyreadstat

from analysis.bundle import Sink
from analysis.codebook import RESERVED_CODES, Variable
from app.exports.answers import AnswerTable, Row
from app.exports.formats.row_frame import RowFrame, exactly, memory_file, pour
from app.exports.words import cut_to_bytes, in_language

# Limits of the format (Stata, `help limits`). pyreadstat adds a number to a name of labels.
LONGEST_NAME: Final = 28
LONGEST_LABEL: Final = 80
VERSION: Final = 14
_LETTERS: Final = {code: ascii_lowercase[place] for place, code in enumerate(RESERVED_CODES)}


def write_dta(table: AnswerTable, language: str, sink: Sink) -> None:
    names = column_names([v.id for v in table.columns])
    letters = [letters_of(variable) for variable in table.columns]
    frame: Any = RowFrame(names, table.n_rows, _lettered(exactly(table), letters), lettered=True)
    with memory_file() as (descriptor, path):
        pyreadstat.write_dta(
            frame,
            path,
            file_label=_label(table.codebook.title, language),
            column_labels=[_label(v.text, language) for v in table.columns],
            version=VERSION,
            variable_value_labels={
                name: _labels(variable, of, language)
                for name, variable, of in zip(names, table.columns, letters, strict=True)
                if variable.categories
            },
            missing_user_values={
                name: sorted(of.values()) for name, of in zip(names, letters, strict=True)
            },
        )
        pour(descriptor, sink)


def column_names(ids: Sequence[str]) -> list[str]:
    """As Stata takes them: letters, digits and underscores, and no two alike."""
    names: list[str] = []
    for column in ids:
        plain = re.sub(r"\W", "_", column, flags=re.ASCII)
        name, number = plain[:LONGEST_NAME], 1
        while name in names:
            number += 1
            name = f"{plain[: LONGEST_NAME - len(str(number)) - 1]}_{number}"
        names.append(name)
    return names


def letters_of(variable: Variable) -> dict[int, str]:
    """The letter of each code that stands for a missing answer; all reserved codes have theirs."""
    others = (c.code for c in variable.categories if c.is_missing and c.code not in RESERVED_CODES)
    rest = ascii_lowercase[len(_LETTERS) :]
    return _LETTERS | dict(zip(others, rest, strict=False))


def _lettered(
    rows: Iterable[Row], letters: Sequence[Mapping[int, str]]
) -> Iterator[Sequence[int | str | None]]:
    for row in rows:
        yield [
            of.get(cell, cell) if cell is not None else None
            for cell, of in zip(row, letters, strict=True)
        ]


def _labels(variable: Variable, letters: Mapping[int, str], language: str) -> dict[Any, str]:
    """The format takes letters as values too."""
    return {
        letters.get(c.code, c.code): in_language(c.label, language) for c in variable.categories
    }


def _label(text: Mapping[str, str], language: str) -> str:
    """The limit is in characters; cut by bytes it holds in any of the format's versions."""
    return cut_to_bytes(in_language(text, language), LONGEST_LABEL)
