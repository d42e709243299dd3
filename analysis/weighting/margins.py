"""Population targets, read from a pasted table."""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from analysis.codebook import Variable
from analysis.dataset import FloatArray
from analysis.refusals import Refusal

# Published tables are rounded; a sum further off than this lacks a level or counts one twice.
_SUM_MAY_MISS: Final = 0.01
Unit = Literal["share", "percent", "count"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
_WHOLE: Final[Mapping[str, float]] = {"share": 1.0, "percent": 100.0}
_HEADINGS: Final = {
    "variable": "variable",
    "var": "variable",
    "question": "variable",
    "level": "level",
    "option": "level",
    "share": "share",
    "percent": "percent",
    "%": "percent",
    "count": "count",
    "population": "count",
}
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:([,\u00a0\u202f ])\d{3})(?:\1\d{3})*")
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class Margin:
    """The population's shares on one variable; `labels` and `shares` follow its valid codes."""

    variable: str
    labels: tuple[str, ...]
    shares: FloatArray
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class MarginTable:
    """A plan's own spelling of its margins: by question, by level, amounts in `unit`."""

    unit: Unit
    margins: Mapping[object, object]


@dataclass(frozen=True, slots=True)
class Amounts:
    """The population as given: by question and code, in shares, percentages or people."""

    unit: Unit
    by_variable: Mapping[str, Mapping[int, float]]


@dataclass(frozen=True, slots=True)
class _Row:
    """`where` opens every error message: the row of the table, or the key of the plan."""

    where: str
    variable: str
    level: str
    amount: float


def read_margins(text: str, variables: Sequence[Variable]) -> tuple[Margin, ...]:
    r"""What is the population made of?

    `text`: a table with a heading, columns separated by tabs, commas or semicolons: `variable`,
    `level`, and one of `share` (adds up to 1), `percent` (to 100) or `count` (people). A level is
    the option's code or its label in any language. Percentages and shares may miss their sum by
    1 % (rounding) and are scaled; counts of different variables may differ by 1 % in all.
    `variables`: the instrument's questions.

    Refuses (`Refusal`), naming the row: unknown columns, variables or levels; numeric questions;
    levels that are missing or stand twice; amounts that are no numbers, negative or infinite;
    amounts that do not add up; totals that disagree.

    >>> from analysis.codebook import Category
    >>> sex = Variable("sex", "sex", "nominal", "background", {"en": "Sex"},
    ...                (Category(1, {"en": "Woman"}), Category(2, {"en": "Man"})))
    >>> read_margins("variable,level,percent\nsex,woman,51\nsex,2,49", [sex])[0].shares
    array([0.51, 0.49])
    """
    return margins_of(read_amounts(text, variables), variables)


def read_amounts(table: str | MarginTable, variables: Sequence[Variable]) -> Amounts:
    """What a pasted table, or a plan's mapping, says of the population; refuses as `read_margins`.

    A mapping holds, by question and level, amounts in its `unit`.
    """
    unit, rows = _read_rows(table) if isinstance(table, str) else _mapped_rows(table)
    known = {v.id: v for v in variables}
    by_variable: dict[str, list[_Row]] = {}
    for row in rows:
        if row.variable not in known:
            names = ", ".join(known) or "none"
            raise Refusal(f"{row.where}: no question {row.variable!r}; the instrument has {names}")
        by_variable.setdefault(row.variable, []).append(row)
    amounts = {name: _amounts(known[name], told) for name, told in by_variable.items()}
    _check_totals(unit, {name: float(a.sum()) for name, a in amounts.items()})
    return Amounts(
        unit,
        {
            name: dict(zip(known[name].valid_codes, map(float, a), strict=True))
            for name, a in amounts.items()
        },
    )


def margins_of(amounts: Amounts, variables: Sequence[Variable]) -> tuple[Margin, ...]:
    """The population's shares, scaled to add up to 1."""
    known = {v.id: v for v in variables}
    margins = []
    for name, by_code in amounts.by_variable.items():
        a = np.array(list(by_code.values()))
        variable = known[name]
        margins.append(Margin(name, labels_of(variable), a / a.sum(), variable.level == "ordinal"))
    return tuple(margins)


def level_named(variable: Variable, level: object) -> int | None:
    """The code of a level named by its code or by its label in any language."""
    position = _spellings(variable).get(_plain(str(level)))
    return None if position is None else variable.valid_codes[position]


def _mapped_rows(table: MarginTable) -> tuple[Unit, list[_Row]]:
    rows = []
    for variable, by_level in table.margins.items():
        if not isinstance(by_level, Mapping) or not by_level:
            raise Refusal(
                f"plan: weighting, margin {variable!r}: map each level to its {table.unit}, such "
                'as {"1": 49, "2": 51}'
            )
        for level, amount in by_level.items():
            where = f"plan: weighting, margin {variable!r}, level {level!r}"
            if isinstance(amount, bool) or not isinstance(amount, int | float):
                raise Refusal(f"{where}: {amount!r} is not a number")
            if not math.isfinite(amount) or amount < 0:
                raise Refusal(f"{where}: {amount} is negative or infinite; give 0 or more")
            rows.append(_Row(where, str(variable), str(level), float(amount)))
    if not rows:
        raise Refusal("plan: weighting has no margin; give at least one, or leave weighting out")
    return table.unit, rows


def _read_rows(text: str) -> tuple[Unit, list[_Row]]:
    lines = text.removeprefix("\ufeff").strip().splitlines()
    if not lines:
        raise Refusal("margins: the table is empty; paste it with its heading")
    separator = next((s for s in "\t;" if s in lines[0]), ",")
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)
    columns = _columns(next(reader))
    unit = next(unit for unit in UNITS if unit in columns)
    rows = []
    for number, cells in enumerate(reader, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(columns):
            raise Refusal(
                f"margins, row {number}: {len(cells)} cells where the heading has {len(columns)}"
            )
        at = {name: cells[i].strip() for name, i in columns.items()}
        amount = _amount(number, at[unit], unit)
        where = f"margins, row {number}"
        rows.append(_Row(where, at["variable"], at["level"], amount))
    if not rows:
        raise Refusal("margins: there is no row under the heading; give one a level")
    return unit, rows


def _columns(heading: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for i, cell in enumerate(heading):
        name = _HEADINGS.get(cell.strip().casefold())
        if name is None or name in columns:
            raise Refusal(
                f"margins: the heading has {cell.strip()!r}; it needs variable, level, and one of "
                "share, percent or count"
            )
        columns[name] = i
    if len(columns) != 3 or not {"variable", "level"} < columns.keys():  # noqa: PLR2004 - as told
        raise Refusal(
            "margins: the heading needs three columns: variable, level, and one of share, percent "
            f"or count; it has {', '.join(columns)}"
        )
    return columns


def _amount(number: int, cell: str, unit: str) -> float:
    text = cell.removesuffix("%").strip() if unit == "percent" else cell
    if unit == "count" and _THOUSANDS.fullmatch(text):
        text = re.sub(r"\D", "", text)
    try:
        amount = float(text)
    except ValueError:
        raise Refusal(
            f"margins, row {number}: {cell!r} is not a number; write {unit}s with a decimal point"
        ) from None
    if not math.isfinite(amount) or amount < 0:
        raise Refusal(f"margins, row {number}: {cell!r} is negative or infinite; give 0 or more")
    return amount


def _amounts(variable: Variable, rows: Iterable[_Row]) -> FloatArray:
    if variable.level == "numeric":
        raise Refusal(
            f"margins: {variable.id!r} is a number; margins need a question with options, such as "
            "age in groups"
        )
    spellings = _spellings(variable)
    amounts = np.full(len(variable.valid_codes), np.nan)
    for row in rows:
        where = f"{row.where}: {variable.id!r}"
        position = spellings.get(_plain(row.level))
        if position is None:
            raise Refusal(
                f"{where} has no level {row.level!r}; it has {', '.join(labels_of(variable))}"
            )
        if not np.isnan(amounts[position]):
            raise Refusal(f"{where} has the level {row.level!r} twice; keep one")
        amounts[position] = row.amount
    missing = np.flatnonzero(np.isnan(amounts))
    if missing.size:
        raise Refusal(
            f"margins: {variable.id!r} has no target for {labels_of(variable)[missing[0]]!r}; give "
            "one, 0 if there is nobody"
        )
    return amounts


def _spellings(variable: Variable) -> Mapping[str, int]:
    """Every way to name a level. A label that two options share in some language names neither."""
    spellings: dict[str, int] = {}
    shared: set[str] = set()
    categories = [c for c in variable.categories if not c.is_missing]
    for position, category in enumerate(categories):
        for label in set(map(_plain, category.label.values())):
            if spellings.setdefault(label, position) != position:
                shared.add(label)
    unambiguous = {label: place for label, place in spellings.items() if label not in shared}
    return unambiguous | {str(c.code): place for place, c in enumerate(categories)}


def _plain(text: str) -> str:
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold()
    return re.sub(r"\s*-\s*", "-", " ".join(plain.split()))


def labels_of(variable: Variable) -> tuple[str, ...]:
    """The levels' labels in the first language that each has."""
    return tuple(
        next(iter(c.label.values()), str(c.code)) for c in variable.categories if not c.is_missing
    )


def _check_totals(unit: str, totals: Mapping[str, float]) -> None:
    whole = _WHOLE.get(unit)
    first, total = next(iter(totals.items()))
    for name, found in totals.items():
        wanted = total if whole is None else whole
        if found > 0 and abs(found - wanted) <= _SUM_MAY_MISS * wanted:
            continue
        if whole is None and found > 0 and wanted > 0:
            raise Refusal(
                f"margins: {first!r} counts {total:g} people and {name!r} counts {found:g}; both "
                "must describe one population"
            )
        raise Refusal(
            f"margins: the {unit}s of {name!r} add up to {found:g}; check for a level that is "
            f"missing or stands twice{'' if whole is None else f' (they must make {whole:g})'}"
        )
