"""What a release tells of one question by group: how many of each answered, and what they said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.disclosure.audit.answers import (
    HALF_A_PERCENT,
    Document,
    Source,
    hidden_window,
    tell_answers,
    tell_base,
)
from analysis.disclosure.audit.groupings import (
    grouping_of,
    small_parts,
    tell_cells,
    tell_groups,
)
from analysis.disclosure.audit.knowledge import Knowledge, Name
from analysis.disclosure.comparison import question_of
from analysis.disclosure.rounding import level_decimals, window
from analysis.disclosure.rules import BESIDE, TOO_FEW_TO_REPORT, is_number

Row = tuple[Document, Document]

_UNSAID: Final = "unsaid"


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One question by one variable, in one wave of one release."""

    source: Source
    variable: str
    question: str

    def rows(self) -> list[Row]:
        return [
            row
            for row in self.source.rows()
            if row[0]["group"]
            and row[0]["group"]["variable"] == self.variable
            and question_of(row[0]) == self.question
        ]

    def wholes(self) -> list[Row]:
        rows = (row for row in self.source.rows() if row[0]["group"] is None)
        return [row for row in rows if question_of(row[0]) == self.question]

    def cell(self, code: object) -> Name:
        return self.source.name, self.question, self.variable, code

    def member(self, code: object) -> Name:
        return self.source.name, self.variable, "answer", code

    @property
    def valid(self) -> Name:
        return self.source.name, self.question, "valid"

    def told_n(self) -> Any:
        """Valid answers of everyone, as they are told anywhere."""
        found = self.source.answers(self.question)
        told = [found[1]["n"]] if found else []
        told += [
            row[1][self.source.wave].get("n", row[1][self.source.wave]) for row in self.wholes()
        ]
        return next((n for n in told if is_number(n)), told[0])


def breakdowns_of(source: Source) -> list[Breakdown]:
    pairs = {
        (row[0]["group"]["variable"], question_of(row[0])): None
        for row in source.rows()
        if row[0]["group"]
    }
    return [Breakdown(source, *pair) for pair in pairs]


def tell_breakdown(known: Knowledge, table: Breakdown) -> None:
    source, rows = table.source, table.rows()
    codes = list(dict.fromkeys(row[0]["group"]["code"] for row in rows))
    if not codes:
        return
    tell_base(known, source, table.valid, table.told_n())
    _tell_members(known, table, codes)
    unsaid = table.cell(_UNSAID)
    known.count(unsaid, 0, known.high[source.everyone])
    known.difference((source.name, table.variable, _UNSAID), unsaid, 0)
    for code in codes:
        known.count(table.cell(code), 0, known.high[source.everyone])
        known.difference(table.member(code), table.cell(code), 0)
    known.whole(table.valid, [*map(table.cell, codes), unsaid])
    grouping = grouping_of(source.computed, table.variable)
    if grouping is not None:
        tell_cells(known, source, grouping, table.question)
    for row in rows:
        _tell_cell(known, table, row)
    for key in dict.fromkeys(_outcome(row[0]) for row in rows):
        _tell_sums(known, table, key, codes)


def small_cells(table: Breakdown) -> Iterator[tuple[Name, tuple[int, ...] | None]]:
    """Hidden counts under the threshold: of people, and of those who gave an answer (its codes).

    None where nothing of the breakdown is told: then there is nothing to subtract.
    """
    wave, threshold = table.source.wave, table.source.threshold
    if not any("n" in told[wave] for _, told in table.rows()):
        return
    for variable, code in small_parts(table.source, table.variable):
        yield (table.source.name, table.question, variable, code), None
    for computed, told in table.rows():
        truth, share = computed[wave], computed["share_of"]
        if "n" in told[wave]:
            continue
        code, n = computed["group"]["code"], truth.get("n", 0)
        if n < threshold:
            yield table.cell(code), None
        elif share:
            chosen = truth["n_chosen"]
            if chosen < threshold:
                yield _sum(table, _outcome(computed), code), tuple(share["codes"])
            elif n - chosen < threshold:
                yield _rest(table, _outcome(computed), code), tuple(share["codes"])


def small_areas(source: Source) -> Iterator[tuple[Name, int]]:
    """Areas with fewer people than the threshold, where areas are a column of their own."""
    areas = source.computed["people_by_area"]
    for area, n in (areas["waves"][source.wave] if areas else {}).items():
        if n < source.threshold:
            yield (source.name, areas["variable"], "answer", area), n


def _tell_members(known: Knowledge, table: Breakdown, codes: list[Any]) -> None:
    source = table.source
    if source.answers(table.variable) is not None:
        tell_answers(known, source, table.variable)
        tell_groups(known, source, table.variable)
        return
    told = _told_groups(table)
    for code in codes:
        known.count(table.member(code), 0, known.high[source.everyone])
        if code in told:
            known.count(table.member(code), *window(told[code]))
    known.count((source.name, table.variable, _UNSAID), 0, 0)  # everyone is in some area
    known.whole(source.everyone, map(table.member, codes))


def _tell_cell(known: Knowledge, table: Breakdown, row: Row) -> None:
    source, code = table.source, row[0]["group"]["code"]
    told, cell = row[1][source.wave], table.cell(code)
    if "n" not in told:
        most = known.high[source.everyone]
        fewest = TOO_FEW_TO_REPORT if told == BESIDE else 0
        known.count(cell, *hidden_window(told, source.threshold, most))
        known.count(cell, fewest)
        return
    members = _told_groups(table).get(code)
    if told["n"] == members:
        known.difference(table.member(code), cell, 0, source.threshold - 1)
        return
    known.count(cell, *window(told["n"]))
    if members is not None:
        known.difference(table.member(code), cell, source.threshold)


def _told_groups(table: Breakdown) -> dict[Any, int]:
    """How many are in each group that is told by itself; no other is shown."""
    source = table.source
    found, areas = source.answers(table.variable), source.released["people_by_area"]
    if found is None:
        told = areas["waves"][source.wave] if areas else {}
        return {area: n for area, n in told.items() if is_number(n)}
    categories = found[1]["categories"]
    listed = categories if isinstance(categories, list) else []
    return {c["codes"][0]: int(c["n"]) for c in listed if len(c["codes"]) == 1}


def _outcome(row: Mapping[str, Any]) -> tuple[Any, ...]:
    codes = tuple(row["share_of"]["codes"]) if row["share_of"] else ()
    return row["outcome"], row["measure"], codes


def _sum(table: Breakdown, outcome: tuple[Any, ...], code: object) -> Name:
    return table.source.name, "sum", outcome, table.variable, code


def _rest(table: Breakdown, outcome: tuple[Any, ...], code: object) -> Name:
    return table.source.name, "rest", outcome, table.variable, code


def _tell_sums(
    known: Knowledge, table: Breakdown, outcome: tuple[Any, ...], codes: list[Any]
) -> None:
    """The answers of the groups add up to those of everyone, as counts do.

    A weighted mean ties no counts together; a share is told as if it were not weighted.
    """
    wholes = {_outcome(row[0]): row for row in table.wholes()}
    whole = wholes[outcome]
    is_share = outcome[1] == "share"
    low, high = (0.0, 1.0) if is_share else (whole[0]["low"], whole[0]["high"])
    if low is None or not (is_share or table.source.computed["design"]["equal_weights"]):
        return
    rows = {row[0]["group"]["code"]: row for row in table.rows() if _outcome(row[0]) == outcome}
    total = table.source.name, "sum", outcome
    _tell_sum(known, table, whole, (total, table.valid), (low, high))
    for code in codes:
        names = _sum(table, outcome, code), table.cell(code)
        _tell_sum(known, table, rows[code], names, (low, high))
        if is_share:
            rest = _rest(table, outcome, code)
            known.count(rest)
            known.whole(table.cell(code), [names[0], rest])
    unsaid = _sum(table, outcome, _UNSAID), table.cell(_UNSAID)
    known.count(unsaid[0])
    known.share([unsaid[0]], unsaid[1], low, high)
    known.whole(total, [*(_sum(table, outcome, code) for code in codes), unsaid[0]])


def _tell_sum(
    known: Knowledge,
    table: Breakdown,
    row: Row,
    names: tuple[Name, Name],
    ends: tuple[float, float],
) -> None:
    truth, told = (document[table.source.wave] for document in row)
    name, n = names
    known.count(name)
    if "estimate" not in told:
        known.share([name], n, *ends)
        return
    if row[0]["measure"] == "share":
        estimate, half = round(truth["n_chosen"] / truth["n"], 2), HALF_A_PERCENT
    else:
        decimals = level_decimals(dict(row[0]))
        estimate, half = told["estimate"], 0.5 * 10**-decimals
    known.share([name], n, estimate - half, estimate + half)
