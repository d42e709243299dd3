"""Groups that were made of the answers to one question or two, and what ties them to those."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.disclosure.audit.answers import Document, Source, tell_answers
from analysis.disclosure.audit.knowledge import Knowledge, Name

_UNSAID = "unsaid"


@dataclass(frozen=True, slots=True)
class Grouping:
    """levels: by code of the group, the codes of each question of `of` that make it up."""

    variable: str
    of: tuple[str, ...]
    levels: Mapping[int, tuple[tuple[int, ...], ...]]

    def blocks(self, place: int) -> dict[tuple[int, ...], list[int]]:
        """The groups that share one block of answers to the question in this place."""
        found: dict[tuple[int, ...], list[int]] = {}
        for code, parts in self.levels.items():
            found.setdefault(parts[place], []).append(code)
        return found


def grouping_of(document: Document, variable: str) -> Grouping | None:
    """None where the groups are the answers to a question themselves."""
    given: Mapping[str, Any] = (document["initiative"] or {}).get("groupings") or {}
    if variable not in given:
        return None
    entry = given[variable]
    levels = {
        int(code): tuple(tuple(codes) for codes in parts) for code, parts in entry["levels"].items()
    }
    return Grouping(variable, tuple(entry["of"]), levels)


def tell_groups(known: Knowledge, source: Source, variable: str) -> None:
    """How many are in each group is tied to how many gave the answers that it is made of."""
    grouping = grouping_of(source.computed, variable)
    if grouping is None or not known.is_new((*source.part, variable, "groups")):
        return
    for question in grouping.of:
        tell_answers(known, source, question)

    def name(question: str, code: object) -> Name:
        return (source.name, question, *([code] if code == _UNSAID else ["answer", code]))

    _tie(known, grouping, name)


def tell_cells(known: Knowledge, source: Source, grouping: Grouping, question: str) -> None:
    """The same of those who answered one question."""
    everyone = known.high[source.everyone]

    def name(variable: str, code: object) -> Name:
        return source.name, question, variable, code

    for variable in grouping.of:
        members = [(source.name, variable, "answer", code) for code in _codes(grouping, variable)]
        cells = [name(variable, code) for code in _codes(grouping, variable)]
        for member, cell in zip(members, cells, strict=True):
            known.count(cell, 0, everyone)
            known.difference(member, cell, 0)
        unsaid = name(variable, _UNSAID)
        known.count(unsaid, 0, everyone)
        known.difference((source.name, variable, _UNSAID), unsaid, 0)
        known.whole((source.name, question, "valid"), [*cells, unsaid])
    _tie(known, grouping, name)


def small_parts(source: Source, variable: str) -> Iterator[tuple[str, int]]:
    """Answers under the threshold that a group is made of, and that its figures must not give."""
    grouping = grouping_of(source.computed, variable)
    for question in grouping.of if grouping else ():
        found = source.answers(question)
        for category in found[0]["categories"] if found else ():
            if category["n"] < source.threshold:
                yield question, category["codes"][0]


def _codes(grouping: Grouping, question: str) -> list[int]:
    place = grouping.of.index(question)
    return [code for block in grouping.blocks(place) for code in block]


def _tie(known: Knowledge, grouping: Grouping, name: Any) -> None:
    """Of one question a block is its answers; of two, it misses those who left out the other."""
    for place, question in enumerate(grouping.of):
        for block, groups in grouping.blocks(place).items():
            terms = dict.fromkeys((name(question, code) for code in block), 1.0)
            terms |= dict.fromkeys((name(grouping.variable, code) for code in groups), -1.0)
            if len(grouping.of) == 1:
                known.fact(terms, 0.0, 0.0)
                continue
            known.fact(terms, 0.0)
            other = name(grouping.of[1 - place], _UNSAID)
            known.fact({**terms, other: -1.0}, high=0.0)
