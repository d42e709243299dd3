"""Is the comparison fair: what the checks of the two waves found, as a short list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.reports.reading.checks.weights import reanalysis_notes
from app.reports.reading.document import WAVES, in_language, is_number
from app.reports.reading.wording import Wording
from app.reports.reading.written import HUNDRED

Finding = Mapping[str, Any]
_MANY: Final = "fair_many_"
_OVER: Final = "fair_over_"  # what can be done of a finding when nobody can answer any more
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
        lines=tuple(
            _lines(
                [f for f in findings if f["level"] in _LABELS],
                wording,
                are_over=_are_over(document),
            )
        ),
        again=tuple(reanalysis_notes(document, ("without_doubted_sheets",), wording)),
        passed=tuple(
            in_language(f["reason"], wording.language) for f in findings if f["level"] == "passes"
        ),
    )


def _are_over(document: Mapping[str, Any]) -> bool:
    """Waves of an installation are counted before they are compared; those of files may run on."""
    return document["initiative"] is not None


def _lines(findings: Sequence[Finding], wording: Wording, *, are_over: bool) -> Iterator[Line]:
    """What was found of several questions is told once, with the list of them."""
    alike: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        alike.setdefault((finding["id"], finding["level"]), []).append(finding)
    for (name, level), group in alike.items():
        together = f"{_MANY}{name}"
        if level == "flags" and len(group) > 1 and wording.knows(together):
            questions = wording.listed([_told_question(each, wording) for each in group])
            yield _line(
                group[0], wording, wording(together, questions=questions), are_over=are_over
            )
        else:
            yield from (_line(each, wording, are_over=are_over) for each in group)


def _told_question(finding: Finding, wording: Wording) -> str:
    """With its shares, where they are told and a share is what was found."""
    about = finding["about"]
    title = f"“{in_language(about['title'], wording.language)}”"
    found = [(finding["numbers"].get(wave) or {}).get("share") for wave in WAVES]
    shares = [wording.share(HUNDRED * share) for share in found if is_number(share)]
    if about["answer"]:
        title = f"{title}, “{in_language(about['answer'], wording.language)}”"
    if len(shares) < len(WAVES):
        return title
    before, after = shares
    return wording(f"{_MANY}shares", title=title, before=before, after=after)


def _line(
    finding: Finding, wording: Wording, together: str | None = None, *, are_over: bool
) -> Line:
    level = finding["level"]
    over = f"{_OVER}{finding['id']}"
    if are_over and wording.knows(over):
        to_do = wording(over)
    else:
        to_do = in_language(finding["what_to_do"], wording.language)
    return Line(
        level=level,
        label=wording(_LABELS[level]),
        reason=together or in_language(finding["reason"], wording.language),
        what_to_do=to_do,
    )
