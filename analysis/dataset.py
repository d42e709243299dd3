"""One wave of answers as numpy columns, read from text and checked against the codebook."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import NOT_SHOWN, SKIPPED, Codebook, Variable
from analysis.refusals import Refusal
from analysis.table import Column, Table, read_table, shown

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int8 | np.int16]
LabelArray = NDArray[np.str_]

_INT8_LEVELS: Final = 120
_ROWS_A_PIECE: Final = 2000
_ALWAYS_ACCEPTED: Final = (SKIPPED, NOT_SHOWN)


@dataclass(frozen=True, slots=True)
class DesignColumns:
    """Columns that carry the design. `fpc` holds the number of PSUs in the stratum's population.

    Where respondents or households were drawn inside PSUs: `ssu` names the second-stage unit,
    `ssu_fpc` the number of them in the PSU's population.
    """

    weight: str | None = None
    stratum: str | None = None
    psu: str | None = None
    person_code: str | None = None
    area: str | None = None
    fpc: str | None = None
    ssu: str | None = None
    ssu_fpc: str | None = None

    def named(self) -> dict[str, str]:
        """Role to column, for the roles that have one."""
        pairs = ((f.name, getattr(self, f.name)) for f in fields(self))
        return {role: column for role, column in pairs if column is not None}


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """Answers as positions in `codes`: valid ones first, then missing; `len(codes)` is empty."""

    codes: tuple[int, ...]
    n_valid: int
    index: IndexArray

    def scores(self) -> FloatArray:
        """The code itself where the answer is valid, NaN elsewhere."""
        table = np.full(len(self.codes) + 1, np.nan)
        table[: self.n_valid] = self.codes[: self.n_valid]
        return table[self.index]

    def indicator(self, chosen: Iterable[int]) -> FloatArray:
        """1 for the chosen codes, 0 for the other valid ones, NaN elsewhere."""
        table = np.full(len(self.codes) + 1, np.nan)
        table[: self.n_valid] = 0.0
        for code in chosen:
            table[self.codes.index(code)] = 1.0
        return table[self.index]


@dataclass(frozen=True, slots=True)
class NumericColumn:
    """Numbers with NaN for missing, and how often each missing code (None = empty) stood there."""

    values: FloatArray
    missing: Mapping[int | None, int]


@dataclass(frozen=True, slots=True)
class Wave:
    """One wave's answers. Every array has `n` rows in one order."""

    n: int
    coded: Mapping[str, CodedColumn]
    numeric: Mapping[str, NumericColumn]
    weight: FloatArray | None
    labels: Mapping[str, LabelArray]
    fpc: FloatArray | None
    ssu_fpc: FloatArray | None = None


def read_wave(
    name: str,
    text: str,
    codebook: Codebook,
    design: DesignColumns | None = None,
    *,
    ignored: Collection[str] = (),
) -> Wave:
    r"""What did the respondents of one wave answer?

    `text` is CSV with a heading of question ids and design columns; cells hold codes, empty is
    missing. `name` ("before") opens every error message. ignored: columns that may stand in
    the file and are not read (questions of the other wave only). A background or paradata column
    may be absent: then it was not asked. A coded question without options is left out.

    Refuses (`Refusal`): no heading, no row, a duplicate or unknown column, a missing item, a row of
    the wrong length, a code that the codebook does not have, a number that is none, NaN or
    infinite, a weight that is missing, zero or negative, an empty stratum or PSU. The message names
    column, row, value and remedy.

    >>> from analysis.codebook import Category, Codebook, Variable
    >>> q = Variable("q1", "q1", "ordinal", "item", {"en": "Trust?"},
    ...              tuple(Category(c, {"en": str(c)}) for c in (1, 2, 3)))
    >>> book = Codebook("demo", 1, "", {"en": "Demo"}, ("en",), (q,))
    >>> read_wave("before", "q1\n3\n1\n", book).coded["q1"].scores()
    array([3., 1.])
    """
    table = read_table(name, text)
    roles = (design or DesignColumns()).named()
    _check_columns(table, codebook, roles, ignored)
    return _wave(table, codebook, roles)


def stacked(waves: Sequence[Wave], role: str) -> LabelArray:
    """The labels of a design column over all waves, the first wave's rows first."""
    return np.concatenate([wave.labels[role] for wave in waves])


def rows_as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Rows keyed by column, as the CSV text that `read_wave` reads; absent is empty."""
    return "".join(csv_pieces(columns, rows))


def csv_pieces(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """The same text piece by piece, in whole rows: as much of it as is held at a time."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        cells = (row.get(column) for column in columns)
        writer.writerow(["" if cell is None else cell for cell in cells])
        if number % _ROWS_A_PIECE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _wave(table: Table, codebook: Codebook, roles: Mapping[str, str]) -> Wave:
    labels = {
        role: _labels(table, column, may_be_empty=role == "person_code")
        for role, column in roles.items()
        if role in {"stratum", "psu", "person_code", "area", "ssu"}
    }
    numeric = [v for v in codebook.variables if v.level == "numeric"]
    coded = [v for v in codebook.variables if v.level != "numeric" and v.valid_codes]
    return Wave(
        n=len(table.rows),
        coded={v.id: _coded(table, v) for v in coded},
        numeric={v.id: _numeric(table, v) for v in numeric},
        weight=_positive(table, roles["weight"], "weight") if "weight" in roles else None,
        labels=labels,
        fpc=_population(table, roles, "fpc"),
        ssu_fpc=_population(table, roles, "ssu_fpc"),
    )


def _population(table: Table, roles: Mapping[str, str], role: str) -> FloatArray | None:
    return _positive(table, roles[role], "population size") if role in roles else None


def _check_columns(
    table: Table, codebook: Codebook, roles: Mapping[str, str], ignored: Collection[str]
) -> None:
    known = {v.id for v in codebook.variables} | set(roles.values()) | set(ignored)
    for column in table.columns:
        if column not in known:
            raise Refusal(
                f"{table.name}: column {shown(column)} is neither a question of the instrument "
                f"{codebook.instrument_id!r} nor a design column of the plan; remove it, or name "
                "it in the plan"
            )
    for variable in codebook.variables:
        if variable.role == "item" and variable.id not in table.columns:
            raise Refusal(
                f"{table.name}: column {variable.id!r} of the instrument is missing; add it, and "
                "leave it empty if it was not asked"
            )
    for role, column in roles.items():
        if column not in table.columns:
            raise Refusal(
                f"{table.name}: the plan names the column {column!r} as {role}, and the file does "
                "not have it"
            )


def _coded(table: Table, variable: Variable) -> CodedColumn:
    valid = variable.valid_codes
    declared = tuple(c.code for c in variable.categories if c.is_missing)
    codes = valid + declared + tuple(c for c in _ALWAYS_ACCEPTED if c not in declared)
    position = {str(code): i for i, code in enumerate(codes)} | {"": len(codes)}
    column = table.column(variable.id)
    places = [_position(text, position) for text in column.texts]
    if None in places:
        row = _first_row(column, np.array([place is None for place in places]))
        raise Refusal(
            f"{table.where(variable.id, row)}: {column.shown(row)} is not a code of this "
            f"question; it has {', '.join(map(str, codes))}, and empty for missing"
        )
    dtype: type[np.int8 | np.int16] = np.int8 if len(codes) < _INT8_LEVELS else np.int16
    return CodedColumn(codes, len(valid), np.array(places, dtype=dtype)[column.number])


def _first_row(column: Column, is_wrong: NDArray[np.bool_]) -> int:
    """is_wrong: one a text."""
    return int(np.flatnonzero(is_wrong[column.number])[0])


def _position(cell: str, position: Mapping[str, int]) -> int | None:
    """Programs that keep missing values write whole codes as 3.0: the same code.

    Python alone would read 1_0 as 10: no file means that.
    """
    text = cell.strip()
    if text in position:
        return position[text]
    try:
        number = float(text.replace("_", " "))
    except ValueError:
        return None
    return position.get(str(int(number))) if number.is_integer() else None


def _numeric(table: Table, variable: Variable) -> NumericColumn:
    codes = sorted({c.code for c in variable.categories if c.is_missing} | set(_ALWAYS_ACCEPTED))
    column = table.column(variable.id)
    numbers = _numbers(table, variable.id, column)
    values = numbers[column.number]
    missing: dict[int | None, int] = {c: int(np.count_nonzero(values == c)) for c in codes}
    missing[None] = int(np.isnan(values).sum())
    values[np.isin(values, codes)] = np.nan
    return NumericColumn(values, missing)


def _numbers(table: Table, name: str, column: Column) -> FloatArray:
    """The number of each text, NaN where it is empty."""
    read = [_number(text) if text.strip() else math.nan for text in column.texts]
    is_wrong = np.array([number is None or math.isinf(number) for number in read])
    if is_wrong.any():
        row = _first_row(column, is_wrong)
        what = "a number" if read[column.number[row]] is None else "a finite number"
        raise Refusal(
            f"{table.where(name, row)}: {column.shown(row)} is not {what}; leave the "
            "field empty if it is missing"
        )
    return np.array(read, dtype=np.float64)


def _number(text: str) -> float | None:
    """None for no number, infinite for one without a size (nan, inf)."""
    try:
        number = float(text.replace("_", " "))
    except ValueError:
        return None
    return number if math.isfinite(number) else math.inf


def _positive(table: Table, name: str, what: str) -> FloatArray:
    column = table.column(name)
    numbers = _numbers(table, name, column)
    if (numbers > 0).all():
        return np.asarray(numbers[column.number])
    row = _first_row(column, ~(numbers > 0))
    where = table.where(name, row)
    if not column.cell(row).strip():
        raise Refusal(f"{where} is empty; every row needs a {what}")
    raise Refusal(
        f"{where}: {column.shown(row)} is not above zero; a {what} must be, or drop the row"
    )


def _labels(table: Table, name: str, *, may_be_empty: bool) -> LabelArray:
    column = table.column(name)
    labels = np.array([text.strip() for text in column.texts], dtype=np.str_)
    if not may_be_empty and (labels == "").any():
        row = _first_row(column, labels == "")
        raise Refusal(f"{table.where(name, row)} is empty; every row needs a label")
    return np.asarray(labels[column.number])
