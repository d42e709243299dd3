"""What is not told, so that a smaller number beside it stays hidden."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Code = int | str
Row = tuple[str, Code, str]
ShareRow = tuple[str, Code, str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Concealed:
    """Rule R5, step by step: first the smallest number beside, then the table.

    missing: (variable, wave) and how many of the told counts of people without an answer are
    hidden, the smallest first. untold: questions whose answers are not told. rows: (breakdown,
    code, question) that is not told; shares: the same of one answer, by its codes. beside: outcomes
    of which the section `areas` or `trend` tells nothing.
    """

    missing: Mapping[tuple[str, str], int] = field(default_factory=dict)
    untold: frozenset[str] = frozenset()
    rows: frozenset[Row] = frozenset()
    shares: frozenset[ShareRow] = frozenset()
    beside: frozenset[tuple[str, str]] = frozenset()
