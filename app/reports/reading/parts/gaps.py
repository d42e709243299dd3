"""Gaps between groups: which closed, and how far apart each two stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from app.reports.reading.document import WAVES, Outcome, hidden_reason, in_language, is_number
from app.reports.reading.figures import Units
from app.reports.reading.number_tables import Table, change_and_interval, measure_name, p_text
from app.reports.reading.wording import Wording

_PLACES: Final = ("first", "second")
_SAYS_LITTLE: Final = "cannot_tell"
_AS_VERDICTS: Final = frozenset({"about_the_same", _SAYS_LITTLE, "not_comparable"})
_TOLD_ONCE: Final = ("–",)  # noqa: RUF001 - a dash where the reason stands beside it


def gap_sentences(outcome: Outcome, titles: Mapping[str, str], wording: Wording) -> Iterable[str]:
    """Of each background question: the gaps of which something is shown, then those left open."""
    for interaction in outcome.interactions:
        question = titles.get(interaction["variable"], interaction["variable"])
        gaps = interaction["gaps"]
        if isinstance(gaps, Mapping):
            if not hidden_reason(interaction["test"]):
                yield wording("gaps_untold", question=question, reason=hidden_reason(gaps))
            continue
        closings = [gap["closing"] for gap in gaps]
        told = [gap for gap in gaps if gap["closing"] != _SAYS_LITTLE and not _is_hidden(gap)]
        yield from (in_language(gap["sentences"], wording.language) for gap in told)
        if _SAYS_LITTLE in closings:
            yield wording("gaps_open_too" if told else "gaps_open", question=question)


def gap_tables(outcome: Outcome, titles: Mapping[str, str], wording: Wording) -> Iterator[Table]:
    """A table a measure and background question, a row for each two groups."""
    by_measure = {comparison["measure"]: comparison for comparison in outcome.comparisons}
    keys = ("gap_pair_heading", *WAVES, "gap_change", "interval_95", "p_value", "gap_closing")
    for interaction in outcome.interactions:
        gaps = interaction["gaps"]
        if isinstance(gaps, Mapping):
            continue
        name = measure_name(by_measure[interaction["measure"]], wording)
        question = titles.get(interaction["variable"], interaction["variable"])
        yield Table(
            "gaps",
            wording("gaps_by", name=name, question=question),
            tuple(wording(key) for key in keys),
            tuple(_row(gap, interaction["measure"], wording) for gap in gaps),
        )


def _row(gap: Mapping[str, Any], measure: str, wording: Wording) -> tuple[str, ...]:
    names = {place: in_language(gap[place]["label"], wording.language) for place in _PLACES}
    pair = wording("gap_pair", **names)
    reason = hidden_reason(gap["closing"])
    if reason:
        return pair, wording("not_shown", reason=reason), *(_TOLD_ONCE * 5)
    coarse, units = (
        Units(wording, measure, -1 if measure == "share" else 0),
        Units(wording, measure),
    )
    levels = [change_and_interval(gap[wave], coarse)[0] for wave in WAVES]
    p = gap["change"].get("p_adjusted")
    return (
        pair,
        *levels,
        *change_and_interval(gap["change"], units),
        p_text(p, wording) if is_number(p) else "",
        _word(gap["closing"], wording),
    )


def _word(closing: str, wording: Wording) -> str:
    return wording(f"verdict_{closing}" if closing in _AS_VERDICTS else f"closing_{closing}")


def _is_hidden(gap: Mapping[str, Any]) -> bool:
    return isinstance(gap["closing"], Mapping)
