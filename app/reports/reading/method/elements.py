"""What a survey has to disclose, filled from what was recorded.

AAPOR Code of Professional Ethics and Practices (revised April 2021), section III A, items 1 to 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.reports.reading.document import WAVES, hidden_reason, in_language
from app.reports.reading.honesty import (
    Honesty,
    draft_notes,
    elsewhere_notes,
    honesty_of,
    sponsors,
)
from app.reports.reading.shown_instrument import Facts
from app.reports.reading.wording import Wording


def disclosure_elements(
    document: Mapping[str, Any], facts: Facts, wording: Wording
) -> Iterator[tuple[str, str]]:
    """The eleven, in their order."""
    honesty = honesty_of(document, wording)
    told = {
        "element_strategy": [wording("element_strategy_told")],
        "element_sponsors": [*sponsors(document, wording)],
        "element_instruments": [_instrument(document, wording), wording(_words_shown(facts))],
        "element_population": [*_population(document, facts, wording)],
        "element_sample": [
            *_reached(honesty, ("recruitment",), wording),
            wording("element_drawn" if document["grade"] == "A" else "element_chosen"),
        ],
        "element_modes": [*_reached(honesty, ("mode", "languages"), wording)],
        "element_dates": [*_reached(honesty, ("fielded",), wording)],
        "element_sizes": [*_sizes(document, wording), wording("element_sizes_told")],
        "element_weights": [wording(_weighting(document))],
        "element_checks": [*_checks(document, wording)],
        "element_limits": [*honesty.cannot],
    }
    for number, (name, lines) in enumerate(told.items(), 1):
        said = " ".join(lines) or wording("not_recorded")
        yield f"{wording.number(number)}. {wording(name)}", said


def _instrument(document: Mapping[str, Any], wording: Wording) -> str:
    instrument = document["instrument"]
    title = in_language(instrument["title"], wording.language)
    named = {"title": title, "id": instrument["id"], "version": instrument["version"]}
    return f"{wording('instrument_named', **named)}."


def _words_shown(facts: Facts) -> str:
    return "element_words_below" if facts.asked else "element_words_elsewhere"


def _population(document: Mapping[str, Any], facts: Facts, wording: Wording) -> Iterator[str]:
    yield from dict.fromkeys(asked.instrument.population for asked in facts.asked.values())
    if document["excluded"]:
        yield wording("element_excluded", **_counts(document["excluded"], wording))


def _reached(honesty: Honesty, keys: Iterable[str], wording: Wording) -> Iterator[str]:
    """Lines of the box that cannot be left out, as sentences."""
    for name, *waves in honesty.reached.rows:
        if name in {wording(key) for key in keys}:
            told = (f"{wording(w)}: {said}" for w, said in zip(WAVES, waves, strict=True))
            yield f"{name} – {'; '.join(told)}."  # noqa: RUF001 - a dash between two words


def _sizes(document: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    counts = {wave: document["waves"][wave]["n"] for wave in WAVES}
    yield wording("element_n", **_counts(counts, wording))
    yield wording("element_n_eff", **_counts(document["design"]["n_eff"], wording))


def _counts(counts: Mapping[str, Any], wording: Wording) -> dict[str, str]:
    return {wave: hidden_reason(counts[wave]) or wording.number(counts[wave]) for wave in WAVES}


def _weighting(document: Mapping[str, Any]) -> str:
    section = document["weighting"]
    if section is None:
        return "unweighted"
    return "weighted" if hidden_reason(section) else f"weighting_{section['method']}"


def _checks(document: Mapping[str, Any], wording: Wording) -> Iterator[str]:
    yield wording("method_missing")
    yield wording("element_checks_told", number=wording.number(len(document["findings"])))
    yield from elsewhere_notes(document, wording)
    yield from draft_notes(document, wording)
