"""One wave of answers as numpy columns, read from text and checked against the codebook."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import NOT_SHOWN, SKIPPED, Codebook, Variable
from analysis.refusals import Refusal

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int8 | np.int16]
LabelArray = NDArray[np.str_]

_INT8_LEVELS: Final = 120
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


@dataclass(frozen=True, slots=True)
class _Table:
    """Text cells by column, and the row of the file each came from (the heading is row 1)."""

    name: str
    columns: Mapping[str, Sequence[str]]
    rows: Sequence[int]

    def cells(self, column: str) -> Sequence[str]:
        """Empty cells where the file does not have the column."""
        return self.columns.get(column) or [""] * len(self.rows)


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
    table = _table(name, text)
    roles = (design or DesignColumns()).named()
    _check_columns(table, codebook, roles, ignored)
    return _wave(table, codebook, roles)


def stacked(waves: Sequence[Wave], role: str) -> LabelArray:
    """The labels of a design column over all waves, the first wave's rows first."""
    return np.concatenate([wave.labels[role] for wave in waves])


def rows_as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """Rows keyed by column, as the CSV text that `read_wave` reads; absent is empty."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        cells = (row.get(column) for column in columns)
        writer.writerow(["" if cell is None else cell for cell in cells])
    return out.getvalue()


def _table(name: str, text: str) -> _Table:
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        heading = [cell.strip() for cell in next(reader, [])]
        lines, rows = [], []
        for row in reader:
            if row:
                lines.append(reader.line_num)
                rows.append(row)
    except csv.Error as exc:
        raise Refusal(f"{name}: row {reader.line_num} is not CSV ({exc}); save it again") from exc
    _check_shape(name, heading, rows, lines)
    cells = zip(*rows, strict=True)
    return _Table(name, dict(zip(heading, cells, strict=True)), lines)


def _check_shape(
    name: str, heading: Sequence[str], rows: Sequence[Sequence[str]], lines: Sequence[int]
) -> None:
    if not any(heading):
        raise Refusal(f"{name}: the file has no heading; the first row must hold the column names")
    if len(heading) == 1 and (";" in heading[0] or "\t" in heading[0]):
        raise Refusal(
            f"{name}: the columns are not separated by commas; save the file as CSV with commas"
        )
    for position, column in enumerate(heading):
        if not column:
            raise Refusal(f"{name}: column {position + 1} has no name; name or remove it")
        if column in heading[:position]:
            raise Refusal(f"{name}: column {column!r} stands twice in the heading; remove one")
    if not rows:
        raise Refusal(f"{name}: the wave is empty, there is no row under the heading")
    for line, row in zip(lines, rows, strict=True):
        if len(row) != len(heading):
            raise Refusal(
                f"{name}: row {line} has {len(row)} fields where the heading has {len(heading)}; "
                "check for missing or extra commas"
            )


def _wave(table: _Table, codebook: Codebook, roles: Mapping[str, str]) -> Wave:
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


def _population(table: _Table, roles: Mapping[str, str], role: str) -> FloatArray | None:
    return _positive(table, roles[role], "population size") if role in roles else None


def _check_columns(
    table: _Table, codebook: Codebook, roles: Mapping[str, str], ignored: Collection[str]
) -> None:
    known = {v.id for v in codebook.variables} | set(roles.values()) | set(ignored)
    for column in table.columns:
        if column not in known:
            raise Refusal(
                f"{table.name}: column {column!r} is neither a question of the instrument "
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


def _coded(table: _Table, variable: Variable) -> CodedColumn:
    valid = variable.valid_codes
    declared = tuple(c.code for c in variable.categories if c.is_missing)
    codes = valid + declared + tuple(c for c in _ALWAYS_ACCEPTED if c not in declared)
    position = {str(code): i for i, code in enumerate(codes)} | {"": len(codes)}
    cells = table.cells(variable.id)
    known = {cell: _position(cell, position) for cell in set(cells)}
    unknown = {cell for cell, place in known.items() if place is None}
    if unknown:
        first = next(i for i, cell in enumerate(cells) if cell in unknown)
        raise Refusal(
            f"{table.name}: column {variable.id!r}, row {table.rows[first]}: "
            f"{cells[first]!r} is not a code of this question; it has "
            f"{', '.join(map(str, codes))}, and empty for missing"
        )
    places = [known[cell] for cell in cells]
    dtype: type[np.int8 | np.int16] = np.int8 if len(codes) < _INT8_LEVELS else np.int16
    return CodedColumn(codes, len(valid), np.array(places).astype(dtype))


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


def _numeric(table: _Table, variable: Variable) -> NumericColumn:
    codes = {c.code for c in variable.categories if c.is_missing} | set(_ALWAYS_ACCEPTED)
    values = np.full(len(table.rows), np.nan)
    missing: dict[int | None, int] = dict.fromkeys([*sorted(codes), None], 0)
    for i, cell in enumerate(table.cells(variable.id)):
        text = cell.strip()
        if not text:
            missing[None] += 1
            continue
        number = _number(table, variable.id, i, text)
        if number in codes:
            missing[int(number)] += 1
        else:
            values[i] = number
    return NumericColumn(values, missing)


def _number(table: _Table, column: str, i: int, text: str) -> float:
    where = f"{table.name}: column {column!r}, row {table.rows[i]}: {text!r}"
    try:
        number = float(text.replace("_", " "))
    except ValueError:
        raise Refusal(f"{where} is not a number; leave the field empty if it is missing") from None
    if not math.isfinite(number):
        raise Refusal(f"{where} is not a finite number; leave the field empty if it is missing")
    return number


def _positive(table: _Table, column: str, what: str) -> FloatArray:
    values = np.empty(len(table.rows))
    for i, cell in enumerate(table.columns[column]):
        where = f"{table.name}: column {column!r}, row {table.rows[i]}"
        text = cell.strip()
        if not text:
            raise Refusal(f"{where} is empty; every row needs a {what}")
        values[i] = _number(table, column, i, text)
        if values[i] <= 0:
            raise Refusal(f"{where}: {text!r} is not above zero; a {what} must be, or drop the row")
    return values


def _labels(table: _Table, column: str, *, may_be_empty: bool) -> LabelArray:
    cells = [cell.strip() for cell in table.columns[column]]
    if not may_be_empty and "" in cells:
        row = table.rows[cells.index("")]
        raise Refusal(
            f"{table.name}: column {column!r}, row {row} is empty; every row needs a label"
        )
    return np.array(cells, dtype=np.str_)
