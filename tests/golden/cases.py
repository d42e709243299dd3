"""R's numbers: one JSON file a case under `oracle/`, with the R commands that made them."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

ORACLE: Final = Path(__file__).parent / "oracle"
_SMALLEST_P_COMPARED: Final = 1e-12
_EVERY_DIGIT: Final = 16.0


@dataclass(frozen=True)
class Compared:
    """One number of R's beside ours; `digits` that agree, at most 16."""

    case_id: str
    name: str
    digits: float
    agrees: bool


# Everything the tests of this run compared, for `python -m tests.golden.oracle` to tell.
JOURNAL: Final[list[Compared]] = []


@dataclass(frozen=True)
class Case:
    id: str
    title: str
    tolerance: float
    expected: Mapping[str, Any]

    def disagreements(self, computed: Mapping[str, Any]) -> list[str]:
        """Every computed number that is not R's, by name; a name that R does not have is one."""
        wrong = []
        for name, ours, theirs in _pairs("", computed, self.expected):
            agrees = _agree(ours, theirs, self.tolerance)
            JOURNAL.append(Compared(self.id, name, _digits(ours, theirs), agrees))
            if not agrees:
                wrong.append(f"{self.id} {name}: {ours!r}, R says {theirs!r}")
        return wrong

    def names(self) -> list[str]:
        """Every number and word that R gives, by name."""
        return [name for name, _, _ in _pairs("", self.expected, self.expected)]


def case_ids() -> list[str]:
    return sorted(file.stem for file in ORACLE.glob("*.json"))


def load_case(case_id: str) -> Case:
    document = json.loads((ORACLE / f"{case_id}.json").read_text("utf-8"))
    return Case(document["id"], document["title"], document["tol_rel"], document["expected"])


def numbers(file: str, *columns: str) -> NDArray[np.float64]:
    """Columns of a data file side by side, (n,) for one and (n, k) for more; empty is NaN."""
    cells = [[float(row[c]) if row[c] else math.nan for c in columns] for row in _rows(file)]
    return np.array(cells).squeeze()


def labels(file: str, column: str) -> NDArray[np.str_]:
    return np.array([row[column] for row in _rows(file)])


def _rows(file: str) -> Iterator[dict[str, str]]:
    with (ORACLE / "data" / file).open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _pairs(name: str, computed: Any, expected: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(computed, Mapping):
        for key, value in computed.items():
            theirs = expected.get(key) if isinstance(expected, Mapping) else None
            yield from _pairs(f"{name} {key}".strip(), value, theirs)
    elif isinstance(computed, np.ndarray | list | tuple):
        same_length = isinstance(expected, Sequence) and len(expected) == len(computed)
        theirs = expected if same_length else [None] * len(computed)
        for i, (ours, there) in enumerate(zip(computed, theirs, strict=True)):
            yield from _pairs(f"{name}[{i}]", ours, there)
    else:
        yield name, computed, expected


def _digits(ours: object, theirs: object) -> float:
    if ours == theirs:
        return _EVERY_DIGIT
    try:
        off = abs(float(ours) - float(theirs))  # type: ignore[arg-type] # what is no number fails
    except (TypeError, ValueError):
        return 0.0
    size = max(abs(float(theirs)), _SMALLEST_P_COMPARED)  # type: ignore[arg-type] # it was one
    return min(_EVERY_DIGIT, max(0.0, -math.log10(off / size)))


def _agree(ours: object, theirs: object, tolerance: float) -> bool:
    if isinstance(ours, str) or isinstance(theirs, str) or theirs is None:
        return ours == theirs
    return math.isclose(float(ours), float(theirs), rel_tol=tolerance, abs_tol=_floor(theirs))


def _floor(theirs: object) -> float:
    """Extreme p-values are compared down to this size only; an exact zero stays exact."""
    return _SMALLEST_P_COMPARED if 0 < abs(float(theirs)) < _SMALLEST_P_COMPARED else 0.0
