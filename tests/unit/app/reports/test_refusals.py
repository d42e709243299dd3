"""Why waves cannot be compared is told in the reader's language."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest

from analysis.refusals import Refusal
from app.reports.refusals import KNOWN, told_refusal
from tests.architecture.source import dotted, modules
from tests.unit.analysis.planned import compare, wave


@pytest.mark.parametrize(
    ("before", "plan", "told"),
    [
        (
            wave(1, 30, lives=[2] * 30),
            {"exclusions": {"lives": [2]}},
            "No queda nadie de la oleada de antes tras las exclusiones del plan.",
        ),
        (wave(1, 1), {}, "En la oleada de antes respondió una sola persona,"),
        (wave(1, 0), {}, "Nadie respondió en la oleada de antes"),
        (wave(1, 30), {"primary": ["calm"]}, "El plan nombra el resultado principal «calm»,"),
        (wave(1, 30), {"subgroups": ["shoe"]}, "El plan nombra el grupo «shoe»,"),
    ],
)
def test_what_waves_of_ours_can_meet_is_told_in_spanish(
    before: Any, plan: dict[str, Any], told: str
) -> None:
    with pytest.raises(Refusal) as caught:
        compare(before, wave(2, 30), **plan)
    assert told_refusal(caught.value).told_in("es").startswith(told)


def test_every_reason_that_is_known_is_one_that_the_analysis_gives() -> None:
    given = [
        _words(node.args[0])
        for m in modules("analysis")
        for node in ast.walk(m.tree)
        if isinstance(node, ast.Call) and dotted(node.func) in {"Refusal", "CodebookError"}
    ]
    assert [p for p, _ in KNOWN if not any(re.match(p, words) for words in given)] == []


def _words(node: ast.expr) -> str:
    """What is said, with a name for each value that fills it."""
    if isinstance(node, ast.JoinedStr):
        parts = (p.value if isinstance(p, ast.Constant) else _filled(p) for p in node.values)
        return "".join(map(str, parts))
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _filled(part: ast.expr) -> str:
    is_quoted = isinstance(part, ast.FormattedValue) and part.conversion == ord("r")
    return "'before'" if is_quoted else "before"


def test_any_other_reason_is_said_to_be_english() -> None:
    told = told_refusal(Refusal("stratum 'x' has one PSU"))
    assert told.told_in("en") == "stratum 'x' has one PSU"
    assert told.told_in("es") == "El motivo solo está escrito en inglés: «stratum 'x' has one PSU»"
