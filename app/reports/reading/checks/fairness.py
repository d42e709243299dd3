"""Is the comparison fair: what the checks of the two waves found, as a short list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.reports.reading.checks.weights import reanalysis_notes
from app.reports.reading.document import in_language
from app.reports.reading.wording import Wording

_ANSWERS: Final = {"blocks": "fair_blocks", "flags": "fair_flags", "passes": "fair_passes"}
_LABELS: Final = {"blocks": "level_blocks", "flags": "level_flags"}


@dataclass(frozen=True, slots=True)
class Line:
    """level: blocks or flags."""

    level: str
    label: str
    reason: str
    what_to_do: str


@dataclass(frozen=True, slots=True)
class Fairness:
    """again: the main outcomes without doubted sheets, where there are any."""

    answer: str
    lines: tuple[Line, ...]
    again: tuple[str, ...]
    passed: tuple[str, ...]

    @property
    def blocks(self) -> tuple[Line, ...]:
        """What stands against a verdict, and so beside it."""
        return tuple(line for line in self.lines if line.level == "blocks")


def fairness_of(document: Mapping[str, Any], wording: Wording) -> Fairness:
    findings = document["findings"]
    levels = {finding["level"] for finding in findings}
    worst = next(level for level in _ANSWERS if level in levels)
    return Fairness(
        answer=wording(_ANSWERS[worst]),
        lines=tuple(_line(f, wording) for f in findings if f["level"] in _LABELS),
        again=tuple(reanalysis_notes(document, ("without_doubted_sheets",), wording)),
        passed=tuple(
            in_language(f["reason"], wording.language) for f in findings if f["level"] == "passes"
        ),
    )


def _line(finding: Mapping[str, Any], wording: Wording) -> Line:
    level = finding["level"]
    return Line(
        level=level,
        label=wording(_LABELS[level]),
        reason=in_language(finding["reason"], wording.language),
        what_to_do=in_language(finding["what_to_do"], wording.language),
    )
