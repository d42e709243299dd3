"""A column of groups, made of the answers to one background question or to two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.codebook import SKIPPED, Category, Codebook, Text, Variable, content_hash

Block = tuple[int, ...]
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Grouping:
    """levels: by code of the group, the codes of each question of `of` that make it up."""

    of: tuple[str, ...]
    levels: Mapping[int, tuple[Block, ...]]

    @property
    def column(self) -> str:
        """The same groups have the same name in every report, and others another."""
        digest = content_hash({str(code): parts for code, parts in self.levels.items()})
        return f"{'_by_'.join(self.of)}_{digest[:_DIGITS]}"

    def code_of(self, row: Mapping[str, str]) -> str:
        """The group of one person; a way of not answering stays what it was."""
        given = [row[name] for name in self.of]
        for code, parts in self.levels.items():
            pairs = zip(given, parts, strict=True)
            if all(answer in map(str, part) for answer, part in pairs):
                return str(code)
        return given[0] if len(given) == 1 else str(SKIPPED)

    def told(self) -> dict[str, Any]:
        """As the facts of a report tell it."""
        return {"of": list(self.of), "levels": {str(c): parts for c, parts in self.levels.items()}}


def read_groupings(facts: Mapping[str, Any]) -> list[Grouping]:
    return [
        Grouping(
            tuple(entry["of"]),
            {int(c): tuple(map(tuple, parts)) for c, parts in entry["levels"].items()},
        )
        for entry in (facts.get("groupings") or {}).values()
    ]


def with_group_columns(codebook: Codebook, groupings: Iterable[Grouping]) -> Codebook:
    """Groups of questions that this codebook does not have are left out."""
    asked = {variable.id for variable in codebook.variables}
    made = [variable_of(g, codebook) for g in groupings if asked.issuperset(g.of)]
    return replace(codebook, variables=(*codebook.variables, *made))


def variable_of(grouping: Grouping, codebook: Codebook) -> Variable:
    """Nobody was asked it: so it is no question of the questionnaire."""
    asked = [codebook.variable(name) for name in grouping.of]
    is_ordered = len(asked) == 1 and asked[0].level == "ordinal"
    missing = [c for c in asked[0].categories if c.is_missing] if len(asked) == 1 else []
    return Variable(
        id=grouping.column,
        question=grouping.column,
        level="ordinal" if is_ordered else "nominal",
        role="paradata",
        text=_together([v.text for v in asked], " · "),
        categories=(
            *(Category(code, _label(parts, asked)) for code, parts in grouping.levels.items()),
            *missing,
        ),
        comparability_key=grouping.column,
    )


def _label(parts: Sequence[Block], asked: Sequence[Variable]) -> Text:
    named = [
        _together([c.label for c in variable.categories if c.code in block], " / ")
        for variable, block in zip(asked, parts, strict=True)
    ]
    return _together(named, " · ")


def _together(texts: Iterable[Text], between: str) -> dict[str, str]:
    every = list(texts)
    languages = [lang for lang in every[0] if all(lang in text for text in every)]
    return {lang: between.join(text[lang] for text in every) for lang in languages}
