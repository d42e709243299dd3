"""Rules about an earlier file: what changed, and whether it still compares."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.instruments.codebook import all_columns
from app.instruments.comparability import differ
from app.instruments.lint.findings import Finding
from app.instruments.load.checks import placed_questions

if TYPE_CHECKING:
    from analysis.codebook import Variable
    from app.instruments.model import Instrument
    from app.instruments.texts import Place

Columns = dict[str, list["Variable"]]


def changes_since(instrument: Instrument, earlier: Instrument) -> Iterator[Finding]:
    before, now = _columns_by_question(earlier), _columns_by_question(instrument)
    for place, question in placed_questions(instrument):
        if question.id in now and question.id in before:
            yield from _change(place, now[question.id], before[question.id])
        elif question.id in now:
            yield Finding("added-question", place, {"id": question.id})
    for name in before.keys() - now.keys():
        yield Finding("removed-question", ("pages",), {"id": name})


def _columns_by_question(instrument: Instrument) -> Columns:
    found: Columns = {}
    for column in all_columns(instrument):
        found.setdefault(column.question, []).append(column)
    return found


def _change(place: Place, now: list[Variable], before: list[Variable]) -> Iterator[Finding]:
    is_same = [column.id for column in now] == [column.id for column in before] and not any(
        differ(*columns) for columns in zip(now, before, strict=True)
    )
    key, key_before = _key(now), _key(before)
    details: dict[str, object] = {"id": now[0].question, "key": key, "before": key_before}
    if not is_same:
        yield Finding("changed-wording" if key == key_before else "new-key", place, details)
    elif key != key_before:
        yield Finding("lost-comparability", place, details)


def _key(columns: list[Variable]) -> str:
    """Of the question: where it has several columns, each adds its option."""
    return columns[0].comparability_key.partition("#")[0]
