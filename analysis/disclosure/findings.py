"""Findings of the checks as they may be published: small counts hidden, the words told anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analysis.disclosure.audit.bases import Bases
from analysis.disclosure.rounding import PERCENT, POINTS, P, rounded_base, rounded_or_hidden
from analysis.disclosure.rules import BESIDE, fewer_than, hidden_base, suppressed
from analysis.guard.words import tell_finding
from analysis.narrative import Shown

_WAVES: Final = ("before", "after")
_DECIMALS: Final = {"share": PERCENT, "apart": PERCENT, "p": P, "deff": 1, "expected": 0}
_SHOWN: Final = Shown(percent_decimals=0, n_is_rounded=True)
_MERGED_AWAY: Final = suppressed("the answer is told together with others")


def release_finding(
    finding: Mapping[str, Any], bases: Bases, alone: Mapping[str, set[int]]
) -> dict[str, Any]:
    """A number that rests on few people, or few others, hides every number of its finding.

    alone: of each question, the answers whose share is published by itself.
    """
    threshold = bases.threshold
    hidden = _hidden(finding, threshold, alone) or _beside(finding, bases)
    about, numbers = finding["about"], finding["numbers"]
    if hidden:
        numbers = dict.fromkeys(numbers, hidden)
        about = about and {**about, "answer": None, "code": None}
    else:
        numbers = {key: _rounded(key, value, bases, key) for key, value in numbers.items()}
    released = {
        "id": finding["id"],
        "level": finding["level"],
        "about": about,
        "numbers": numbers,
    }
    return {**released, **tell_finding(released, _SHOWN)}


def _hidden(
    finding: Mapping[str, Any], threshold: int, alone: Mapping[str, set[int]]
) -> dict[str, str] | None:
    about = finding["about"] or {}
    told_alone = alone.get(about.get("id", ""))
    if about.get("code") is not None and told_alone is not None and about["code"] not in told_alone:
        return _MERGED_AWAY
    waves = [finding["numbers"][wave] for wave in _WAVES if wave in finding["numbers"]]
    return next((h for wave in waves if (h := _hidden_wave(wave, threshold))), None)


def _hidden_wave(wave: Mapping[str, Any], threshold: int) -> dict[str, str] | None:
    if "share" in wave:
        few = min(wave["n"], wave["of"] - wave["n"]) < threshold
        return hidden_base(wave["of"], threshold) or (fewer_than(threshold) if few else None)
    return hidden_base(wave["n"], threshold) if "n" in wave else None


def _beside(finding: Mapping[str, Any], bases: Bases) -> dict[str, str] | None:
    about = (finding["about"] or {}).get("id")
    is_hidden = any(variable == about for variable, _ in bases.concealed.missing)
    return BESIDE if is_hidden or about in bases.concealed.untold else None


def _rounded(key: str, value: Any, bases: Bases, wave: str) -> Any:
    if isinstance(value, Mapping):
        return {name: _rounded(name, number, bases, wave) for name, number in value.items()}
    if key == "of":
        return bases.told(wave, value)
    if key == "n":
        return rounded_base(value)
    if key in {"n_eff", "blocks", "even"}:
        return rounded_or_hidden(value, bases.threshold)
    if key == "items":
        return value
    return round(value, _DECIMALS.get(key, POINTS))
