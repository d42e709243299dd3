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
    just = tallies[JUST_MATTERS.name]
    told = {
        "day": day.isoformat(),
        "runs": f"{runs:,}",
        "seed": str(SEED),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "error": f"{100 * monte_carlo_error(0.95, runs):.2f}",
        "just": JUST_MATTERS.name,
        "same": _percent(just.same, just.runs),
    }
    for standing in STANDINGS:
        told[standing] = _table([c for c in CELLS if c.standing == standing], tallies)
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
    is_weighted = bool(fielding.weight_spread) or fielding.raked
    has_newcombe = fielding.answer == "share" and not is_weighted
    is_null = cell.true_change() == 0
    return [
        f"{tally.n_eff / made:.0f}",
        _percent(tally.change, made),
        _percent(tally.after, made),
        _percent(tally.newcombe, made) if has_newcombe else NOT_ASKED,
        _percent(tally.rose, made) if is_null else NOT_ASKED,
        _percent(tally.fell, made) if is_null else NOT_ASKED,
        f"{100 * tally.labelled / made:.0f}",
    ]


def _table(cells: Sequence[Cell], tallies: Mapping[str, Tally]) -> str:
    rows = [list(HEADING), ["---", *["---:"] * (len(HEADING) - 1)]]
    rows += [[cell.name, *row_of(cell, tallies[cell.name])] for cell in cells]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _percent(count: int, of: int) -> str:
    return f"{100 * count / of:.2f}"
