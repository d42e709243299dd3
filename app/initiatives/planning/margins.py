"""The population to which both waves are weighted: a table, checked line by line.

The rules are those of `analysis.weighting`, which the web process does not load; a test holds that
what is taken here is taken there, and that what is refused there is refused here.
"""

from __future__ import annotations

import csv
import io
import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from app.errors import BadInput, Phrase
from app.errors.misfits import told_csv_fault
from app.errors.sentences import LANGUAGES, SOURCE_LANGUAGE

if TYPE_CHECKING:
    from analysis.codebook import Codebook, Variable

UNITS: Final[Mapping[str, float | None]] = {"percent": 100.0, "share": 1.0, "count": None}
MAY_MISS: Final = 0.01
COLUMNS: Final = 3
SHOWN: Final = 40
_HEADINGS: Final = {
    **dict.fromkeys(("variable", "question", "pregunta"), "variable"),
    **dict.fromkeys(("level", "option", "answer", "category"), "level"),
    **dict.fromkeys(("nivel", "opción", "respuesta", "categoría"), "level"),
    **dict.fromkeys(("percent", "percentage", "%", "porcentaje", "por ciento"), "percent"),
    **dict.fromkeys(("share", "proportion", "proporción"), "share"),
    **dict.fromkeys(("count", "population", "people"), "count"),
    **dict.fromkeys(("personas", "población", "cantidad", "recuento"), "count"),
}
# In a count a point before three digits parts thousands: nobody counts thousandths of people.
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:([,.\u00a0\u202f ])\d{3})(?:\1\d{3})*")
_DECIMAL_COMMA: Final = re.compile(r"\d+,\d+")
_DASHES: Final = re.compile(r"[\u2010-\u2015\u2212]")


@dataclass(frozen=True, slots=True)
class MarginQuestion:
    """A question to weight by; `levels` are the spellings of each of its codes, the label first.

    `texts` has the labels by language.
    """

    id: str
    levels: Mapping[int, tuple[str, ...]]
    texts: Mapping[int, Mapping[str, str]]

    @property
    def labels(self) -> list[Mapping[str, str]]:
        return [self.label(code) for code in self.levels]

    def label(self, code: int) -> Mapping[str, str]:
        """In any language, though it may be written in one."""
        return {SOURCE_LANGUAGE: self.levels[code][0], **self.texts[code]}


def margin_questions(codebook: Codebook) -> list[MarginQuestion]:
    """The background questions with options. A pick-all one counts people once, by group."""
    background = [v for v in codebook.variables if v.role == "background"]
    found = []
    for question, columns in groupby(background, lambda v: v.question):
        variables = list(columns)
        if variables[0].id == question and len(variables) == 1:
            texts = {c.code: c.label for c in _valid(variables[0])}
        else:
            texts = _pick_all_labels(question, variables)
        levels = {code: _spellings(label) for code, label in texts.items()}
        if len(levels) > 1:
            found.append(MarginQuestion(question, levels, texts))
    return found


def read_margins(text: str, questions: Sequence[MarginQuestion]) -> dict[str, Any] | None:
    """The part `weighting` of a plan; None where nothing was given."""
    rows = _rows(text)
    if not rows:
        return None
    (_, heading), *rest = rows
    columns, unit = _columns(heading)
    known = {question.id: question for question in questions}
    margins: dict[str, dict[str, float]] = {}
    for number, cells in rest:
        if len(cells) != len(heading):
            found = {"cells": len(cells), "first": len(heading)}
            raise _refused(number, Phrase("plans.line_of_cells", **found))
        at = {name: cells[place].strip() for name, place in columns.items()}
        question = known.get(at["variable"])
        if question is None:
            told = {"question": at["variable"][:SHOWN], "known": list(known)}
            why = Phrase("plans.line_no_question", **told)
            raise _refused(number, why, heading[columns["variable"]])
        where = number, heading[columns["level"]]
        code = _code_of(where, question, at["level"])
        if str(code) in margins.setdefault(question.id, {}):
            twice = {"answer": at["level"], "question": question.id}
            raise _refused(number, Phrase("plans.line_twice", **twice), where[1])
        where = number, heading[columns[unit]]
        margins[question.id][str(code)] = _amount(where, at[unit], unit)
    if not margins:
        raise BadInput("plans.population_nothing_under")
    _refuse_gaps(margins, known)
    _refuse_sums(margins, unit)
    return {"unit": unit, "margins": margins}


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Each with the number of its line. Lines and last cells that are empty are no part of it:

    spreadsheets write them.
    """
    table = text.removeprefix("\ufeff")
    first = next((line for line in table.splitlines() if line.strip()), "")
    separator = next((sign for sign in "\t;" if sign in first), ",")
    read = csv.reader(io.StringIO(table, newline=""), delimiter=separator)
    rows = []
    try:
        for cells in read:
            while cells and not cells[-1].strip():
                cells.pop()
            if cells:
                rows.append((read.line_num, cells))
    except csv.Error as exc:
        why = Phrase("plans.line_unreadable", why=told_csv_fault(exc))
        raise _refused(read.line_num, why) from exc
    return rows


def _columns(heading: Sequence[str]) -> tuple[dict[str, int], str]:
    columns: dict[str, int] = {}
    for place, cell in enumerate(heading):
        name = _HEADINGS.get(unicodedata.normalize("NFC", cell).strip().casefold())
        if name is None or name in columns:
            break
        columns[name] = place
    unit = next((unit for unit in UNITS if unit in columns), None)
    if unit is None or len(columns) != COLUMNS or len(heading) != COLUMNS:
        raise BadInput("plans.population_first_line", heading=", ".join(heading)[:80])
    return columns, unit


def _code_of(where: tuple[int, str], question: MarginQuestion, level: str) -> int:
    wanted = _plain(level)
    found = [
        code
        for code, spellings in question.levels.items()
        if wanted == str(code) or wanted in map(_plain, spellings)
    ]
    exact = [code for code in found if str(code) == wanted]
    if len(exact or found) != 1:
        told = {"question": question.id, "answer": level[:SHOWN], "known": question.labels}
        raise _refused(where[0], Phrase("plans.line_no_answer", **told), where[1])
    return (exact or found)[0]


def _amount(where: tuple[int, str], cell: str, unit: str) -> float:
    """A comma may stand for the decimal point; in counts also between thousands."""
    text = cell.removesuffix("%").strip() if unit == "percent" else cell
    if unit == "count" and _THOUSANDS.fullmatch(text):
        text = re.sub(r"\D", "", text)
    elif _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    try:
        amount = float(text)
    except ValueError:
        amount = math.nan
    if not math.isfinite(amount) or amount < 0:
        raise _refused(where[0], Phrase("plans.line_no_amount", cell=cell[:SHOWN]), where[1])
    return amount


def _refuse_gaps(
    margins: Mapping[str, Mapping[str, float]], known: Mapping[str, MarginQuestion]
) -> None:
    for name, by_code in margins.items():
        for code in known[name].levels:
            if str(code) not in by_code:
                answer = known[name].label(code)
                raise BadInput("plans.population_lacking", question=name, answer=answer)


def _refuse_sums(margins: Mapping[str, Mapping[str, float]], unit: str) -> None:
    totals = {name: sum(by_code.values()) for name, by_code in margins.items()}
    first = next(iter(totals))
    whole = UNITS[unit]
    for name, total in totals.items():
        wanted = totals[first] if whole is None else whole
        if total > 0 and abs(total - wanted) <= MAY_MISS * wanted:
            continue
        if whole is None and total > 0:
            raise BadInput(
                "plans.population_two_populations",
                first=first,
                people=totals[first],
                other=name,
                others=total,
            )
        must = Phrase("plans.more_than_none") if whole is None else f"{whole:g}"
        raise BadInput("plans.population_sum", question=name, sum=total, must=must)


def _pick_all_labels(question: str, ticks: Sequence[Variable]) -> dict[int, Mapping[str, str]]:
    """One code a group, and one for people who ticked several."""
    labels: dict[int, Mapping[str, str]] = {}
    for position, tick in enumerate(ticks, 1):
        if tick.level != "binary":
            return {}
        ending = tick.id.removeprefix(f"{question}_")
        code = int(ending) if ending.isdecimal() else position
        labels[code] = next((c.label for c in tick.categories if c.code == 1), {})
    several = {each: Phrase("plans.two_or_more").told_in(each) for each in LANGUAGES}
    return labels | {max(labels) + 1: several} if labels else {}


def _valid(variable: Variable) -> list[Any]:
    return [c for c in variable.categories if not c.is_missing]


def _spellings(label: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(label.values()))


def _plain(text: str) -> str:
    plain = _DASHES.sub("-", unicodedata.normalize("NFKC", text)).casefold()
    return re.sub(r"\s*-\s*", "-", " ".join(plain.split()))


def _refused(number: int, why: Phrase, column: str = "") -> BadInput:
    if not column:
        return BadInput("plans.population_line", line=number, why=why)
    place = {"line": number, "column": column.strip()}
    return BadInput("plans.population_cell", why=why, **place)
