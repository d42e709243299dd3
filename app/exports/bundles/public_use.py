"""The public-use file: single answers, coarsened until nobody in them can be found (rule R9)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Final

import numpy as np

from analysis.bundle import Sink, pack
from analysis.codebook import NOT_SHOWN, Category, Codebook, Variable
from analysis.disclosure.microdata import (
    LEAST_ALIKE,
    LEAST_DIFFERENT,
    WITHHELD,
    Codes,
    Identifier,
    PublicUse,
    public_use_file,
)
from analysis.disclosure.rules import TOO_FEW_TO_REPORT
from analysis.refusals import Refusal
from app.errors import Conflict
from app.exports.answers import AnswerTable
from app.exports.codebooks.flat import write_csv
from app.exports.words import locale_of
from app.privacy.identifiers import new_response_id
from app.reports.paradata import LANGUAGE

SCHEMA: Final = "rapport.public_use/1"
SEVERAL: Final = 99
_CHOSEN: Final = 1


def write_public_use(table: AnswerTable, language: str, sink: Sink) -> None:
    """All at once: what may be told of a row depends on all the others."""
    columns, codebook = _known_of_people(_columns(table), table.codebook)
    asked = [v for v in codebook.variables if v.categories]
    identifiers = [
        Identifier(v.id, v.valid_codes, v.level == "ordinal") for v in asked if _points_to_people(v)
    ]
    items = [v.id for v in asked if v.role == "item"]
    rng = np.random.default_rng(int.from_bytes(new_response_id(), "big"))
    try:
        made = public_use_file(columns, identifiers, items, rng)
    except Refusal as exc:
        raise Conflict("downloads.few_answers", least=TOO_FEW_TO_REPORT) from exc
    if not made.identifiers and not made.items:
        raise Conflict("downloads.nothing_to_tell")
    sink.write(_packed(made, codebook, language))


def _points_to_people(variable: Variable) -> bool:
    """What others may know of somebody: who they are, where they live, the language they read."""
    return variable.role == "background" or variable.id == LANGUAGE


def _columns(table: AnswerTable) -> dict[str, Codes]:
    """An empty cell is a question that was not asked."""
    cells = [[NOT_SHOWN if cell is None else cell for cell in row] for row in table.rows()]
    by_column = np.array(cells, dtype=np.int64).reshape(len(cells), len(table.columns)).T
    return {v.id: column for v, column in zip(table.columns, by_column, strict=True)}


def _known_of_people(
    columns: Mapping[str, Codes], codebook: Codebook
) -> tuple[dict[str, Codes], Codebook]:
    """A question about the person with several answers becomes one column: one of them, or several.

    Seven columns of yes and no would tell people apart far better than what they say.
    """
    made = dict(columns)
    variables: list[Variable] = []
    parts: dict[str, list[Variable]] = {}
    for variable in codebook.variables:
        several = variable.role == "background" and variable.id != variable.question
        if not several:
            variables.append(variable)
            continue
        if variable.question not in parts:
            variables.append(variable)  # its place; described below
        parts.setdefault(variable.question, []).append(variable)
    joined = {own[0].id: _joined(own, columns) for own in parts.values()}
    made |= {variable.id: column for variable, column in joined.values()}
    described = tuple(joined[v.id][0] if v.id in joined else v for v in variables)
    return made, replace(codebook, variables=described)


def _joined(own: Sequence[Variable], columns: Mapping[str, Codes]) -> tuple[Variable, Codes]:
    chosen = np.array([columns[v.id] == _CHOSEN for v in own])
    number = chosen.sum(axis=0)
    column = np.where(
        number == 1, chosen.argmax(axis=0) + 1, np.where(number > 1, SEVERAL, WITHHELD)
    )
    labels = [_option_of(v) for v in own]
    several = {tag: locale_of(tag)("several") for tag in own[0].text}
    categories = (
        *(Category(place, label) for place, label in enumerate(labels, 1)),
        Category(SEVERAL, several),
    )
    variable = replace(own[0], id=own[0].question, level="nominal", categories=categories)
    return variable, np.asarray(column, dtype=np.int64)


def _option_of(variable: Variable) -> Mapping[str, str]:
    """The option that a column of yes and no stands for."""
    return next(c.label for c in variable.categories if c.code == _CHOSEN)


def _packed(made: PublicUse, codebook: Codebook, language: str) -> bytes:
    described = _described(made, codebook)
    names = [variable.id for variable in described.variables]
    columns = {**made.identifiers, **made.items}
    about = {
        "least_alike": LEAST_ALIKE,
        "least_different": LEAST_DIFFERENT,
        "rows": len(next(iter(columns.values()))),
        "identifiers": sorted(made.identifiers),
        "withheld": {name: round(share, 3) for name, share in made.withheld.items()},
        "left_out": dict(made.left_out),
    }
    rows = zip(*(columns[name].tolist() for name in names), strict=True)
    file = io.BytesIO()
    members = {
        "README.txt": (files("app.exports.bundles") / "public_use.txt").read_bytes(),
        "answers.csv": _csv(names, rows),
        "codebook.csv": write_csv(described, language),
        "about.json": json.dumps(about, indent=1, sort_keys=True).encode() + b"\n",
    }
    pack(SCHEMA, members, file)
    return file.getvalue()


def _described(made: PublicUse, codebook: Codebook) -> Codebook:
    """The codes that stand in the file, and nothing of what was left out."""
    variables = [
        _coarsened(v, made.levels[v.id]) if v.id in made.levels else v
        for v in codebook.variables
        if v.id in made.identifiers or v.id in made.items
    ]
    kept = made.items.keys()
    scales = tuple(s for s in codebook.scales if kept >= set(s.items))
    return replace(codebook, variables=tuple(variables), scales=scales)


def _coarsened(variable: Variable, levels: Sequence[Sequence[int]]) -> Variable:
    labels = {category.code: category.label for category in variable.categories}
    merged = [
        Category(number, _together([labels[code] for code in codes]))
        for number, codes in enumerate(levels, 1)
    ]
    told = {tag: locale_of(tag)("withheld") for tag in variable.text}
    withheld = Category(WITHHELD, told, is_missing=True)
    return replace(variable, categories=(*merged, withheld), favourable=())


def _together(labels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """In each language that all of them have."""
    spoken = set(labels[0]).intersection(*labels[1:])
    return {tag: " / ".join(label[tag] for label in labels) for tag in labels[0] if tag in spoken}


def _csv(names: Sequence[str], rows: Iterator[tuple[int, ...]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode()
