"""What may be told of a scale: rounded, and nothing that a small wave or group carries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from analysis.disclosure.audit.bases import Bases
from analysis.disclosure.rounding import P, rounded
from analysis.disclosure.rules import hidden_base, suppressed

Document = Mapping[str, Any]

_DECIMALS: Final = 2
_UNTOLD: Final = suppressed("too few complete answers, or answers too much alike, to tell")
_RARE: Final = suppressed("it would tell how few used another language or way in")
_UNCHECKED: Final = {"not_estimable": "not enough answers to check"}


def release_scale_quality(quality: Document, bases: Bases) -> dict[str, Any]:
    """Both waves together are told only where each is: else one less the other would be told."""
    told = {name: _n(wave, name, bases) for name, wave in quality["waves"].items()}
    waves = {
        name: _reliability(wave, told[name], bases.threshold)
        for name, wave in quality["waves"].items()
    }
    hidden = next((wave for wave in waves.values() if "suppressed" in wave), None)
    pooled = hidden or _reliability(quality["pooled"], sum(told.values()), bases.threshold)
    return {
        "scale": quality["scale"],
        "waves": waves,
        "pooled": pooled,
        "comparability": [
            _comparability(c, bases) for c in quality["comparability"] if _may_be_named(c)
        ],
        "flagged": quality["flagged"],
    }


def _n(found: Document, wave: str, bases: Bases) -> int:
    return 0 if "not_estimable" in found else bases.told(wave, found["n"])


def _reliability(found: Document, told: int, threshold: int) -> dict[str, Any]:
    if "not_estimable" in found:
        return dict(_UNTOLD)
    hidden = hidden_base(found["n"], threshold)
    if hidden:
        return hidden
    return {
        "n": told,
        "cronbach": _figures(found["cronbach"]),
        "omega": _figures(found["omega"]),
        "average_correlation": round(found["average_correlation"], _DECIMALS),
        "items": [_figures(item) for item in found["items"]],
        "flags": found["flags"],
    }


def _figures(part: Document) -> dict[str, Any]:
    return {key: rounded(value, _DECIMALS) for key, value in part.items()}


def _may_be_named(comparison: Document) -> bool:
    """A language or way in that few used is not named at all."""
    return comparison["by"] == "wave" or "not_estimable" not in comparison["check"]


def _comparability(comparison: Document, bases: Bases) -> dict[str, Any]:
    kept = {key: comparison[key] for key in ("by", "wave", "groups")}
    check = comparison["check"]
    if "not_estimable" in check:
        return {**kept, "check": dict(_UNCHECKED)}
    return {
        **kept,
        "check": {
            "n": _compared(check["n"], comparison["by"], bases),
            "items": [{key: rounded(v, P) for key, v in item.items()} for item in check["items"]],
            "unchecked": [{"item": item["item"], **_UNTOLD} for item in check["unchecked"]],
            "words": check["words"],
        },
    }


def _compared(n: Mapping[str, int], by: str, bases: Bases) -> dict[str, Any]:
    """People by language, or by way in, less all of the wave would tell of a rare one."""
    if by != "wave":
        return dict.fromkeys(n, _RARE)
    waves = zip(n, ("before", "after"), strict=True)
    return {name: bases.told(wave, n[name]) for name, wave in waves}
