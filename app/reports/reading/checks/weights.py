"""How the answers were weighted to the population, what that cost, and the headline without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.reports.reading.document import (
    WAVES,
    column_titles,
    hidden_reason,
    in_language,
    is_number,
)
from app.reports.reading.figures import Units
from app.reports.reading.number_tables import Table
from app.reports.reading.wording import Wording
from app.reports.reading.written import HUNDRED


@dataclass(frozen=True, slots=True)
class Checks:
    """Sentences, and tables with a heading each."""

    notes: tuple[str, ...]
    tables: tuple[tuple[str, Table], ...]


def weighting_of(document: Mapping[str, Any], wording: Wording) -> Checks | None:
    """None where every answer counts alike."""
    section = document["weighting"]
    if section is None:
        return None
    again = tuple(reanalysis_notes(document, ("unweighted", "without_not_given"), wording))
    reason = hidden_reason(section)
    if reason:
        return Checks((wording("not_shown", reason=reason), *again), ())
    tables = tuple(
        (in_language(target["title"], wording.language), _composition(section, i, wording))
        for i, target in enumerate(section["targets"])
    )
    titles = column_titles(document, wording.language)
    return Checks((*_notes(section, titles, wording), *again), tables)


def reanalysis_notes(
    document: Mapping[str, Any], wanted: tuple[str, ...], wording: Wording
) -> Iterable[str]:
    """The main outcomes once more, and whether the report would say the same."""
    for again in document["reanalyses"]:
        if again["why"] not in wanted:
            continue
        comparison = again["comparison"]
        change = comparison["change"]
        title = in_language(comparison["title"], wording.language)
        lead = wording("outcome_again", outcome=title, how=wording(f"again_{again['why']}"))
        reason = hidden_reason(change)
        if reason:
            told = f"{wording('not_shown', reason=reason)}."
        else:
            units = Units(wording, comparison["measure"])
            ends = (units.change(change[end]) for end in ("ci_low", "ci_high"))
            told = wording(
                "change_again",
                change=units.change(change["estimate"]),
                interval=units.interval(*ends),
            )
        yield " ".join(filter(None, (lead, told, _agreement(again["agrees"], wording))))


def _agreement(agrees: bool | None, wording: Wording) -> str:  # noqa: FBT001 - a value told in words
    if agrees is None:
        return ""
    return wording("agrees") if agrees else wording("disagrees")


def _notes(
    section: Mapping[str, Any], titles: Mapping[str, str], wording: Wording
) -> Iterable[str]:
    yield wording(f"weighting_{section['method']}")
    for wave in WAVES:
        told = section["waves"][wave]
        reason = hidden_reason(told)
        if reason:
            yield wording("wave_untold", wave=wording(wave), reason=reason)
            continue
        yield wording(
            "weights_cost",
            wave=wording(wave),
            n=_count(told["n"], wording),
            n_eff=_count(told["n_eff"], wording),
            deff=wording.number(told["deff"], 2),
        )
        if told["judgement"] != "passes":
            yield wording(f"weights_{told['judgement']}", wave=wording(wave), reason=told["reason"])
        if told["unmet"]:
            yield wording("margins_unmet", wave=wording(wave))
    for margin in section["left_out"]:
        question = titles.get(margin["variable"], margin["variable"])
        yield wording("margin_left_out", question=question, reason=margin["reason"])


def _count(value: Any, wording: Wording) -> str:
    return wording.number(value) if is_number(value) else str(hidden_reason(value))


def _composition(section: Mapping[str, Any], i: int, wording: Wording) -> Table:
    levels = section["targets"][i]["levels"]
    rows = []
    for j, level in enumerate(levels):
        cells: list[str] = [wording.share(level["share"] * HUNDRED)]
        for wave in WAVES:
            cells += _shares(section["waves"][wave], i, j, wording)
        rows.append((in_language(level["label"], wording.language), *cells))
    each = [
        wording(key, wave=wording(wave))
        for wave in WAVES
        for key in ("unweighted_in", "weighted_in")
    ]
    return Table(
        "make_up",
        wording("composition_caption"),
        (wording("answer"), wording("population"), *each),
        tuple(rows),
    )


def _shares(wave: Mapping[str, Any], i: int, j: int, wording: Wording) -> list[str]:
    margin = wave if hidden_reason(wave) else wave["composition"][i]["levels"]
    if isinstance(margin, Mapping):
        return [str(hidden_reason(margin))] * 2
    return [wording.share(margin[j][key] * HUNDRED) for key in ("unweighted", "weighted")]
