"""Whom a plan compares: who is outside the population, and where the initiative is not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.codebook import Codebook, Variable
from analysis.refusals import Refusal
from analysis.weighting.margins import level_named


@dataclass(frozen=True, slots=True)
class ComparisonAreas:
    """Where the initiative is not: codes of a question, or names in the plan's area column."""

    column: str
    levels: tuple[int, ...] | tuple[str, ...]


def read_exclusions(document: Mapping[str, Any], codebook: Codebook) -> dict[str, tuple[int, ...]]:
    """Who stands outside the population, by codes of their answers; see `read_plan`."""
    given = document.get("exclusions") or {}
    if not isinstance(given, Mapping):
        raise Refusal("plan: exclusions must map a column to codes, such as {lives_here: [2]}")
    clusters = [key for key in ("stratum", "psu") if given and document.get(key)]
    if clusters:
        raise Refusal(
            f"plan: exclusions together with {clusters[0]}: leaving people out would hide from the "
            "variance what was drawn; ask for the group as a subgroup instead"
        )
    known = {v.id: v for v in codebook.variables if v.valid_codes}
    excluded = {}
    for name, levels in given.items():
        if name not in known:
            raise Refusal(
                f"plan: unknown column {name!r} in exclusions; choose coded columns: "
                f"{', '.join(known)}"
            )
        excluded[name] = tuple(_codes_of(known[name], levels, "exclusions"))
    return excluded


def _codes_of(variable: Variable, levels: object, key: str) -> Iterator[int]:
    if not isinstance(levels, list | tuple) or not levels:
        raise Refusal(f"plan: {key} of {variable.id!r} must be a list of its codes")
    for level in levels:
        code = level_named(variable, level)
        if code is None:
            codes = ", ".join(map(str, variable.valid_codes))
            raise Refusal(f"plan: {key} of {variable.id!r} name {level!r}; its codes are {codes}")
        yield code


def read_comparison_areas(
    document: Mapping[str, Any], codebook: Codebook
) -> ComparisonAreas | None:
    """Where the initiative is not; see `read_plan`."""
    given = document.get("comparison_areas") or {}
    if not isinstance(given, Mapping) or len(given) > 1:
        raise Refusal(
            "plan: comparison_areas must map one column to its levels, such as {area: [3, 4]}"
        )
    for column, levels in given.items():
        variable = next((v for v in codebook.variables if v.id == column and v.valid_codes), None)
        if variable is not None:
            codes = tuple(_codes_of(variable, levels, "comparison_areas"))
            return ComparisonAreas(column, codes)
        if column != document.get("area"):
            raise Refusal(
                f"plan: unknown column {column!r} in comparison_areas; choose a coded column, or "
                "the one that the plan names as area"
            )
        if not isinstance(levels, list | tuple) or not levels:
            raise Refusal(f"plan: comparison_areas of {column!r} must be a list of its areas")
        return ComparisonAreas(column, tuple(dict.fromkeys(str(level).strip() for level in levels)))
    return None
