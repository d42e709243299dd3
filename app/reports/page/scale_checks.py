"""Whether each score hangs together, and means the same to everyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.reports.page.number_tables import Table
from app.reports.page.reading import WAVES, hidden_reason, in_language, is_number
from app.reports.page.weights import Checks, reanalysis_notes
from app.reports.page.wording import Wording

_DECIMALS = 2


def scale_checks_of(document: Mapping[str, Any], wording: Wording) -> Checks | None:
    """None where there is no score."""
    if not document["scale_quality"]:
        return None
    titles = {s["id"]: in_language(s["title"], wording.language) for s in document["scales"]}
    notes = [
        note
        for quality in document["scale_quality"]
        for note in _notes(quality, titles[quality["scale"]], wording)
    ]
    again = reanalysis_notes(document, ("without_flagged_items",), wording)
    rows = tuple(
        row
        for quality in document["scale_quality"]
        for row in _rows(quality, titles[quality["scale"]], wording)
    )
    heading = ("", *(wording(key) for key in ("cronbach", "omega", "answers_n")))
    table = Table(wording("scale_checks_caption"), heading, rows)
    return Checks(
        (wording("scale_checks_note"), *notes, *again), ((wording("hangs_together"), table),)
    )


def _notes(quality: Mapping[str, Any], title: str, wording: Wording) -> Iterable[str]:
    flags = [
        flag
        for wave in WAVES
        if not hidden_reason(quality["waves"][wave])
        for flag in quality["waves"][wave]["flags"]
    ]
    for flag in dict.fromkeys(flags):
        yield wording("scale_flag", outcome=title, flag=flag)
    for comparison in quality["comparability"]:
        check = comparison["check"]
        reason = hidden_reason(check)
        if reason:
            yield wording("scale_unchecked", outcome=title, reason=reason)
        else:
            for words in check["words"]:
                yield wording("scale_flag", outcome=title, flag=words)
    if not quality["flagged"] and not hidden_reason(quality["comparability"][0]["check"]):
        yield wording("scale_comparable", outcome=title)


def _rows(quality: Mapping[str, Any], title: str, wording: Wording) -> Iterable[tuple[str, ...]]:
    for wave in WAVES:
        told = quality["waves"][wave]
        heading = wording("row", name=title, part=wording(wave))
        reason = hidden_reason(told)
        if reason:
            yield heading, wording("not_shown", reason=reason), "", ""
            continue
        figures = (_figure(told[key], wording) for key in ("cronbach", "omega"))
        yield heading, *figures, wording.number(told["n"])


def _figure(part: Mapping[str, Any], wording: Wording) -> str:
    reason = hidden_reason(part)
    if reason:
        return wording("not_shown", reason=reason)
    numbers = [part[key] for key in ("estimate", "ci_low", "ci_high")]
    estimate, *ends = (wording.number(n, _DECIMALS) if is_number(n) else "?" for n in numbers)
    interval = wording("interval", low=ends[0], high=ends[1])
    return wording("with_interval", estimate=estimate, interval=interval)
