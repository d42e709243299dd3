"""docs/coverage.md: written from a simulation, and read back to be held against the next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import scipy

from tests.simulation.cells import CELLS, JUST_MATTERS, Cell, Standing
from tests.simulation.runs import SEED, Tally, monte_carlo_error

PAGE: Final = Path(__file__).parents[2] / "docs" / "coverage.md"
WORDS: Final = Path(__file__).with_suffix(".md")
HEADING: Final = (
    "fielding",
    "effective n after",
    "change",
    "one wave",
    "Newcombe",
    "called a rise",
    "called a fall",
    "labelled",
)
STANDINGS: Final[tuple[Standing, ...]] = ("reported", "cautious", "labelled", "refused")
NOT_ASKED: Final = ""
_ROW: Final = re.compile(r"^\| (?!fielding|-)(.+) \|$", re.MULTILINE)


def write_page(tallies: Mapping[str, Tally], runs: int, day: date) -> None:
    """Lines of fieldings that were not simulated anew stay as they are: each has its own seed."""
    rows = {name: [name, *row] for name, row in read_page().items()}
    rows |= {c.name: [c.name, *row_of(c, tallies[c.name])] for c in CELLS if c.name in tallies}
    told = {
        "day": day.isoformat(),
        "runs": f"{runs:,}",
        "seed": str(SEED),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "error": f"{100 * monte_carlo_error(0.95, runs):.2f}",
        "just": JUST_MATTERS.name,
        "same": _called_the_same(tallies.get(JUST_MATTERS.name)),
    }
    for standing in STANDINGS:
        told[standing] = _table([rows[c.name] for c in CELLS if c.standing == standing])
    page = WORDS.read_text("utf-8")
    for name, words in told.items():
        page = page.replace(f"{{{name}}}", words)
    PAGE.write_text(page, encoding="utf-8")


def read_page() -> dict[str, list[str]]:
    """The rows of all tables by fielding, without that name."""
    cells = (row.split("|") for row in _ROW.findall(PAGE.read_text("utf-8")))
    return {name.strip(): [cell.strip() for cell in rest] for name, *rest in cells}


def row_of(cell: Cell, tally: Tally) -> list[str]:
    fielding, made = cell.fielding, tally.runs - tally.refused
    is_null = cell.is_null
    return [
        f"{tally.n_eff / made:.0f}",
        _percent(tally.change, made),
        _percent(tally.after, made),
        _percent(tally.newcombe, made) if fielding.has_newcombe else NOT_ASKED,
        _percent(tally.rose, made) if is_null else NOT_ASKED,
        _percent(tally.fell, made) if is_null else NOT_ASKED,
        f"{100 * tally.labelled / made:.0f}",
    ]


def _called_the_same(just: Tally | None) -> str:
    if just is not None:
        return _percent(just.same, just.runs)
    told = re.search(r"([\d.]+)% of these were called", PAGE.read_text("utf-8"))
    assert told is not None
    return told[1]


def _table(told: Sequence[Sequence[str]]) -> str:
    rows = [HEADING, ["---", *["---:"] * (len(HEADING) - 1)], *told]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _percent(count: int, of: int) -> str:
    return f"{100 * count / of:.2f}"
