"""Adds the columns of groups to what is compared, in place of the questions of the plan."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from analysis.bundle import Bundle, EarlierWave
from analysis.codebook import RESERVED_CODES, Codebook
from analysis.dataset import rows_as_csv
from app.errors import BadInput
from app.reports.breakdowns.grouping import Grouping, read_groupings, with_group_columns
from app.reports.breakdowns.joining import crossed, joined

Row = dict[str, str]
Facts = dict[str, Any]


def with_groups(bundle: Bundle) -> Bundle:
    """By the facts of the bundle: made with them, or found anew and noted in them.

    A breakdown that was asked for takes the place of those of the plan.
    """
    facts: Facts = dict(bundle.initiative or {})
    plan = dict(bundle.plan or {})
    asked = facts.get("breakdown")
    if "groupings" not in facts:
        found = _found(bundle, plan, asked)
        facts["groupings"] = {grouping.column: grouping.told() for grouping in found}
    groupings = read_groupings(facts)
    if asked:
        plan |= {"subgroups": list(asked), "confirmatory_subgroups": []}
    if not groupings and not asked:
        return replace(bundle, initiative=facts)
    columns = {grouping.of: grouping.column for grouping in groupings}
    for key in ("subgroups", "confirmatory_subgroups"):
        names = plan.get(key) or []
        whole = columns.get(tuple(names)) if asked else None
        plan[key] = [whole] if whole else [columns.get((name,), name) for name in names]
    return replace(
        bundle,
        codebook_before=with_group_columns(bundle.codebook_before, groupings),
        codebook_after=with_group_columns(bundle.codebook_after, groupings),
        responses_before=_text(bundle.responses_before, groupings),
        responses_after=_text(bundle.responses_after, groupings),
        plan=plan,
        initiative=facts,
        earlier=tuple(_earlier(wave, groupings) for wave in bundle.earlier),
    )


def _found(bundle: Bundle, plan: Mapping[str, Any], asked: Sequence[str] | None) -> list[Grouping]:
    names = list(asked or plan.get("subgroups") or [])
    known = {v.id: v for v in bundle.codebook_after.variables if v.valid_codes}
    earlier = {v.id for v in bundle.codebook_before.variables}
    variables = [known[name] for name in names if name in known and name in earlier]
    if asked and len(variables) < len(names):
        raise BadInput("reports.background")
    if not variables:
        return []
    texts = bundle.responses_before, bundle.responses_after
    apart = _apart(plan, bundle.codebook_after)
    waves = [list(_people(text, [v.id for v in variables], apart)) for text in texts]
    if asked and len(variables) > 1:
        return [crossed((variables[0], variables[1]), waves)]
    return [found for v in variables if (found := joined(v, waves)) is not None]


def _people(text: str, columns: Sequence[str], apart: Mapping[str, set[str]]) -> Iterator[Row]:
    for row in csv.DictReader(io.StringIO(text)):
        if not any(row.get(name) in answers for name, answers in apart.items()):
            yield {column: row[column] for column in columns}


def _apart(plan: Mapping[str, Any], codebook: Codebook) -> dict[str, set[str]]:
    """Answers of those in no group: left out by the plan, or not known to live where it counts."""
    found = {
        name: {str(code) for code in codes}
        for name, codes in (plan.get("exclusions") or {}).items()
    }
    known = {variable.id: variable.categories for variable in codebook.variables}
    for name, codes in (plan.get("comparison_areas") or {}).items():
        unknown = {str(c.code) for c in known.get(name, ()) if c.is_missing}
        elsewhere = {*map(str, codes), *unknown, *map(str, RESERVED_CODES), ""}
        found[name] = found.get(name, set()) | elsewhere
    return found


def _earlier(wave: EarlierWave, groupings: Sequence[Grouping]) -> EarlierWave:
    """A wave that did not ask what a group is made of has no such groups."""
    asked = {variable.id for variable in wave.codebook.variables}
    known = [grouping for grouping in groupings if asked.issuperset(grouping.of)]
    return EarlierWave(with_group_columns(wave.codebook, known), _text(wave.responses, known))


def _text(text: str, groupings: Sequence[Grouping]) -> str:
    reader = csv.DictReader(io.StringIO(text))
    rows = (
        row | {grouping.column: grouping.code_of(row) for grouping in groupings} for row in reader
    )
    names = [*(reader.fieldnames or ()), *(grouping.column for grouping in groupings)]
    return rows_as_csv(names, rows)
