"""Whether each score hangs together, and means the same to everyone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis.phrases import phrase_in
from app.reports.reading.checks.weights import Checks, reanalysis_notes
from app.reports.reading.document import WAVES, column_titles, hidden_reason, in_language, is_number
from app.reports.reading.number_tables import Table
from app.reports.reading.wording import Wording
from app.reports.reading.written import Several, Written

_DECIMALS = 2


def scale_checks_of(document: Mapping[str, Any], wording: Wording) -> Checks | None:
    """None where there is no score."""
    if not document["scale_quality"]:
        return None
    titles = _Titles(
        {s["id"]: in_language(s["title"], wording.language) for s in document["scales"]},
        column_titles(document, wording.language),
        wording,
    )
    qualities = document["scale_quality"]
    notes = [note for quality in qualities for note in _notes(quality, titles)]
    again = reanalysis_notes(document, ("without_flagged_items",), wording)
    rows = tuple(row for quality in qualities for row in _rows(quality, titles))
    heading = ("", *(wording(key) for key in ("cronbach", "omega", "answers_n")))
    table = Table("scores", wording("scale_checks_caption"), heading, rows)
    return Checks(
        (wording("scale_checks_note"), *notes, *again),
        (
            (wording("hangs_together"), table),
            *(_items(quality, titles) for quality in qualities if _told_waves(quality)),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Titles:
    """scales, questions: their titles by id."""

    scales: Mapping[str, str]
    questions: Mapping[str, str]
    wording: Wording

    def question(self, item: str) -> str:
        return self.questions.get(item, item)

    def in_words(self, flag: str) -> str:
        """A warning names a question by its id, in quotes."""
        for item, title in self.questions.items():
            flag = flag.replace(repr(item), f"“{title}”")
        return flag

    def group(self, by: str, name: str) -> str:
        wording = self.wording
        if by == "wave":
            return wording(name).lower()
        if by == "language" and wording.knows(f"language_{name}"):
            return wording(f"language_{name}")
        return phrase_in(wording.language, name)


def _notes(quality: Mapping[str, Any], titles: _Titles) -> Iterable[str]:
    wording, title = titles.wording, titles.scales[quality["scale"]]
    flags = [flag for wave in _told_waves(quality) for flag in quality["waves"][wave]["flags"]]
    for flag in dict.fromkeys(flags):
        yield wording("scale_flag", outcome=title, flag=titles.in_words(flag))
    for comparison in quality["comparability"]:
        reason = hidden_reason(comparison["check"])
        if reason:
            yield wording("scale_unchecked", outcome=title, reason=reason)
        else:
            yield from _otherwise(comparison, title, titles)
    if not quality["flagged"] and not hidden_reason(quality["comparability"][0]["check"]):
        yield wording("scale_comparable", outcome=title)


def _otherwise(comparison: Mapping[str, Any], title: str, titles: _Titles) -> Iterable[str]:
    """The questions that one group answers otherwise than people like them in the other."""
    first, second = (titles.group(comparison["by"], name) for name in comparison["groups"])
    for item in comparison["check"]["items"]:
        if item["is_flagged"]:
            way = "higher" if item["log_odds"] > 0 else "lower"
            yield titles.wording(
                f"means_otherwise_{way}",
                outcome=title,
                question=titles.question(item["item"]),
                first=first,
                second=second,
            )


def _told_waves(quality: Mapping[str, Any]) -> list[str]:
    return [wave for wave in WAVES if not hidden_reason(quality["waves"][wave])]


def _items(quality: Mapping[str, Any], titles: _Titles) -> tuple[str, Table]:
    """How each question goes with the others, in each wave that is told."""
    wording, waves = titles.wording, _told_waves(quality)
    told = [{item["item"]: item for item in quality["waves"][wave]["items"]} for wave in waves]
    rows = tuple(
        (
            titles.question(item),
            *(
                _number(wave[item][key], wording)
                for key in ("rest_correlation", "cronbach_if_dropped")
                for wave in told
            ),
        )
        for item in told[0]
    )
    heading = [
        wording("row", name=wording(key), part=wording(wave))
        for key in ("rest_correlation", "cronbach_if_dropped")
        for wave in waves
    ]
    table = Table(
        "score_items", wording("items_of_scale_caption"), (wording("question"), *heading), rows
    )
    return titles.scales[quality["scale"]], table


def _rows(quality: Mapping[str, Any], titles: _Titles) -> Iterable[tuple[str, ...]]:
    wording, title = titles.wording, titles.scales[quality["scale"]]
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
    told = [wording.number(n, _DECIMALS) if is_number(n) else "?" for n in numbers]
    interval = wording("interval", low=told[1], high=told[2])
    text = wording("with_interval", estimate=told[0], interval=interval)
    return Several(text, *(number for number in told if isinstance(number, Written)))


def _number(value: Any, wording: Wording) -> str:
    reason = hidden_reason(value)
    return wording("not_shown", reason=reason) if reason else wording.number(value, _DECIMALS)
