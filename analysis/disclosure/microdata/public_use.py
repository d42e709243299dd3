"""Answers of single people, coarsened until no one stands alone (rule R9)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.disclosure.collapse import merge_adjacent, merge_others
from analysis.disclosure.rules import TOO_FEW_TO_REPORT
from analysis.refusals import Refusal

LEAST_ALIKE: Final = 5
"""k: at least so many people share whatever could point to one of them."""
LEAST_DIFFERENT: Final = 2
"""l: and these do not all give the same answer to any question."""
WITHHELD: Final = -5
"""Stands for an answer not given as well, so that nothing tells the two apart."""
SMALLEST_LEVEL: Final = 0.05
_FEWEST_LEVELS: Final = 2

Codes = NDArray[np.int64]
Cells = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Identifier:
    """Something others may know of a person. codes: its valid levels, in order where it has one."""

    name: str
    codes: tuple[int, ...]
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class PublicUse:
    """identifiers, items: (rows,) columns by name; the rows are shuffled.

    levels: of each identifier, the old codes that each new code (1, 2, ...) stands for. withheld:
    of each identifier, the share of rows where it was known and is not told. left_out: what is not
    in the file, and why.
    """

    identifiers: Mapping[str, Codes]
    items: Mapping[str, Codes]
    levels: Mapping[str, tuple[tuple[int, ...], ...]]
    withheld: Mapping[str, float]
    left_out: Mapping[str, str]


def public_use_file(
    columns: Mapping[str, Codes],
    identifiers: Sequence[Identifier],
    items: Sequence[str],
    rng: np.random.Generator,
    *,
    least_alike: int = LEAST_ALIKE,
) -> PublicUse:
    """Which version of the single answers may be passed on, so that nobody in it can be found?

    columns: (rows,) whole numbers by name. identifiers: what others may know of a person, such as
    age band and area. items: the questions that must stay private. rng: for the order of rows.

        class of a row = rows with the same told identifiers
        told when  size(class) >= k  and, for each item, |answers in class| >= l

    k = `least_alike`, 5; l = 2. First, levels with fewer than max(k, 5 % of the rows) are merged:
    neighbours where the levels have an order, else the small ones together. Then the identifiers
    of rows in a class that fails are withheld one after another, the most telling first; what is
    left is one class of rows that tell no identifier, which takes in further classes while it
    fails. Withheld cells count as a value like any other: a class is what a reader can see.
    Nothing but the order of rows is left to chance, so that two files of one wave, laid side by
    side, tell no more than one. An item that all rows answer alike is left out, for no class could
    differ in it, and an identifier whose levels cannot be merged into two.
    Refuses fewer than 30 rows, of which nothing is reported either.
    Reference: Sweeney (2002), doi:10.1142/S0218488502001648 (k-anonymity); Machanavajjhala et al.
    (2007), doi:10.1145/1217299.1217302 (distinct l-diversity).
    Checked against: a count of every class by hand, in 200 random files (5,000 in `make proof`).

    >>> age = np.repeat([1, 2, 3], [20, 18, 2])
    >>> made = public_use_file(
    ...     {"age": age, "t1": np.arange(40) % 5},
    ...     [Identifier("age", (1, 2, 3), True)],
    ...     ["t1"],
    ...     np.random.default_rng(1),
    ... )
    >>> made.levels["age"]
    ((1,), (2, 3))
    """
    rows = len(next(iter(columns.values()), np.empty(0)))
    if rows < TOO_FEW_TO_REPORT:
        raise Refusal(
            f"a file for everyone needs at least {TOO_FEW_TO_REPORT} answers, and there are {rows}"
        )
    left_out = {
        name: "everybody gave the same answer"
        for name in items
        if len(np.unique(columns[name])) < LEAST_DIFFERENT
    }
    kept = [name for name in items if name not in left_out]
    least = max(least_alike, math.ceil(SMALLEST_LEVEL * rows))
    levels: dict[str, tuple[tuple[int, ...], ...]] = {}
    told: dict[str, Codes] = {}
    for identifier in identifiers:
        merged = _merged(columns[identifier.name], identifier, least)
        if len(merged) < _FEWEST_LEVELS:
            left_out[identifier.name] = "its groups are too small to be told apart"
        else:
            levels[identifier.name] = merged
            told[identifier.name] = _recoded(columns[identifier.name], merged)
    answers = [np.unique(columns[name], return_inverse=True)[1] for name in kept]
    safe = _withheld(told, answers, least_alike)
    order = rng.permutation(rows)
    return PublicUse(
        identifiers={name: column[order] for name, column in safe.items()},
        items={name: columns[name][order] for name in kept},
        levels=levels,
        withheld={
            name: float(((safe[name] == WITHHELD) & (told[name] != WITHHELD)).mean())
            for name in told
        },
        left_out=left_out,
    )


def failing_rows(
    identifiers: Cells, answers: Sequence[Codes], least_alike: int
) -> NDArray[np.bool_]:
    """Which rows stand in a class that is too small, or whose people agree too much?

    identifiers: (rows, identifiers). answers: (rows,) numbers from 0 on, one array an item.

    >>> failing_rows(np.array([[1], [1], [2]]), [np.array([0, 1, 0])], 2)
    array([False, False,  True])
    """
    _, of, sizes = np.unique(identifiers, axis=0, return_inverse=True, return_counts=True)
    of = of.reshape(-1)
    fails = sizes < least_alike
    for answer in answers:
        width = int(answer.max()) + 1
        pairs = np.unique(of * width + answer)
        fails |= np.bincount(pairs // width, minlength=len(sizes)) < LEAST_DIFFERENT
    return np.asarray(fails[of])


def _merged(column: Codes, identifier: Identifier, least: int) -> tuple[tuple[int, ...], ...]:
    """Groups of codes, each large enough to be told; levels that nobody has join others."""
    counts = [(int(np.count_nonzero(column == code)),) for code in identifier.codes]
    merge = merge_adjacent if identifier.is_ordered else merge_others
    groups = sorted(merge(counts, least)) if counts else []
    return tuple(tuple(identifier.codes[place] for place in group) for group in groups)


def _recoded(column: Codes, levels: Sequence[Sequence[int]]) -> Codes:
    """Groups are numbered from 1; an answer that names no level is withheld."""
    recoded = np.full(len(column), WITHHELD, dtype=np.int64)
    for number, codes in enumerate(levels, 1):
        recoded[np.isin(column, codes)] = number
    return recoded


def _withheld(
    told: Mapping[str, Codes], answers: Sequence[Codes], least_alike: int
) -> dict[str, Codes]:
    if not told:
        return {}
    names = sorted(told, key=lambda name: (-len(np.unique(told[name])), name))
    cells = np.column_stack([told[name] for name in names])
    for place in range(len(names)):
        failing = failing_rows(cells, answers, least_alike)
        cells[failing, place] = WITHHELD
    while (failing := failing_rows(cells, answers, least_alike)).any():
        cells[_smallest_class(cells)] = WITHHELD
    return {name: cells[:, place] for place, name in enumerate(names)}


def _smallest_class(cells: Cells) -> NDArray[np.bool_]:
    """Of those that still tell something: it joins the rows that tell nothing."""
    classes, of, sizes = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    tells = (classes != WITHHELD).any(axis=1)
    smallest = int(np.argmin(np.where(tells, sizes, len(cells) + 1)))
    return np.asarray(of.reshape(-1) == smallest)
