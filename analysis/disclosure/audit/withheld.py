"""Why a group is not shown, and what would be allowed, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from analysis.disclosure.rules import BESIDE, TOLD_TOGETHER, TOO_FEW_TO_REPORT, fewer_than

Document = Mapping[str, Any]

_WAVES: Final = ("before", "after")
_FEW_ANSWERS: Final = "few_answers"
_ABOUT_FEW: Final = "too_few_to_report"
_TOGETHER: Final = "told_together"
_BESIDE: Final = "beside_a_smaller_one"
_IMPRECISE: Final = "too_imprecise"
# The first that fits some figure of a group is what is said of the group.
CODES: Final = (_TOGETHER, _FEW_ANSWERS, _ABOUT_FEW, _BESIDE, _IMPRECISE)


@cache
def _words() -> Mapping[str, Any]:
    path = Path(__file__).with_name("withheld.json")
    words: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return words


def withheld_in(comparisons: Iterable[Document], threshold: int) -> list[dict[str, Any]]:
    """Groups of which no figure is shown: a code, the reason, and what would be allowed."""
    groups: dict[tuple[str, Any], tuple[Document, list[Document]]] = {}
    for comparison in comparisons:
        group = comparison["group"]
        if group:
            found = groups.setdefault((group["variable"], group["code"]), (group, []))
            found[1].append(comparison)
    return [
        {"group": dict(group), **_told(rows, threshold)}
        for group, rows in groups.values()
        if all(_is_hidden(row) for row in rows)
    ]


def _is_hidden(comparison: Document) -> bool:
    return any("suppressed" in comparison[wave] for wave in _WAVES)


def _told(rows: Iterable[Document], threshold: int) -> dict[str, Any]:
    found = {code for row in rows for code in _codes(row, threshold)}
    code = next(code for code in CODES if code in found)
    values = {"threshold": threshold, "enough": TOO_FEW_TO_REPORT}
    told = {
        part: {language: text.format_map(values) for language, text in texts.items()}
        for part, texts in _words()[code].items()
    }
    return {"code": code, **told}


def _codes(comparison: Document, threshold: int) -> Iterator[str]:
    for wave in _WAVES:
        hidden = comparison[wave]
        if "suppressed" not in hidden:
            continue
        if hidden == TOLD_TOGETHER:
            yield _TOGETHER
        elif hidden == fewer_than(threshold):
            yield _FEW_ANSWERS
        elif hidden["suppressed"].endswith("too few to report"):
            yield _ABOUT_FEW
        else:
            yield _BESIDE if hidden == BESIDE else _IMPRECISE
