"""How the numbers of a report were made, for the reader who wants to check them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.reports.reading.document import in_language, smallest_change_key, smallest_changes
from app.reports.reading.figures import Units
from app.reports.reading.method.elements import disclosure_elements
from app.reports.reading.method.plan_rows import plan_rows
from app.reports.reading.number_tables import (
    Table,
    amount_that_matters,
    measure_name,
    smallest_change_source,
)
from app.reports.reading.shown_instrument import Facts, ShownInstrument, instruments_shown
from app.reports.reading.wording import Wording

_MADE_HERE: Final = frozenset({"raking", "poststratification"})


@dataclass(frozen=True, slots=True)
class Method:
    """elements: what codes of the trade ask to disclose. plan: as it was locked."""

    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    smallest_changes: Table
    elements: tuple[tuple[str, str], ...]
    plan: tuple[tuple[str, str], ...]
    instruments: tuple[ShownInstrument, ...]


def method_of(document: Mapping[str, Any], facts: Facts, wording: Wording) -> Method:
    return Method(
        notes=tuple(_notes(document, wording)),
        facts=tuple(_facts(document, wording)),
        smallest_changes=smallest_changes_table(document, wording),
        elements=tuple(disclosure_elements(document, facts, wording)),
        plan=tuple(plan_rows(document, wording)),
        instruments=instruments_shown(facts, wording),
    )


def smallest_changes_table(document: Mapping[str, Any], wording: Wording) -> Table:
    """How large a change had to be, and whether a plan or the default rule says so."""
    rules = smallest_changes(document)
    rows = []
    for comparison in document["comparisons"]:
        if comparison["group"] is not None:
            continue
        entry = rules[smallest_change_key(comparison)]
        rows.append(
            (
                in_language(comparison["title"], wording.language),
                measure_name(comparison, wording),
                amount_that_matters(entry, Units(wording, comparison["measure"])),
                smallest_change_source(entry, wording),
            )
        )
    heading = tuple(wording(key) for key in ("outcome", "value", "smallest_change", "source"))
    return Table("smallest_changes", wording("smallest_changes_caption"), heading, tuple(rows))


def _notes(document: Mapping[str, Any], wording: Wording) -> Iterable[str]:
    yield wording(f"variance_{document['variance']}")
    yield wording("method_scores")
    yield wording("method_missing")
    yield wording("method_families")
    yield wording("method_verdicts")
    yield wording("method_coverage")
    if (document["weighting"] or {}).get("method") in _MADE_HERE:
        yield wording("method_fixed_weights")
    yield wording("method_rounding", threshold=document["plan"]["suppress_below"])


def _facts(document: Mapping[str, Any], wording: Wording) -> Iterable[tuple[str, str]]:
    instrument, plan = document["instrument"], document["plan"]
    locked = (document["initiative"] or {}).get("plan") or {}
    yield (
        wording("instrument"),
        wording(
            "instrument_named",
            title=in_language(instrument["title"], wording.language),
            id=instrument["id"],
            version=instrument["version"],
        ),
    )
    yield wording("instrument_hash"), instrument["content_hash"]
    if locked:
        yield (
            wording("plan_locked"),
            wording(
                "plan_version", version=locked["version"], day=wording.day(locked["locked_on"])
            ),
        )
    elif plan["source"] == "default":
        yield wording("plan_locked"), wording("plan_default")
    yield wording("plan_hash"), locked.get("content_hash") or plan["hash"]
    yield wording("made_by"), wording("program", version=document["code_version"])
