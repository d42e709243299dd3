"""What the checks found, in plain words: one JSON file a language, numbers as they are shown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any, Final

from analysis.narrative import Shown
from analysis.phrases import phrase_in

LANGUAGES: Final = ("en", "es", "ar", "vi")
_WAVES: Final = ("before", "after")


@cache
def read_words(language: str) -> Mapping[str, Any]:
    path = Path(__file__).with_name(f"{language}.json")
    words: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
    return words


def tell_finding(finding: Mapping[str, Any], shown: Shown) -> dict[str, dict[str, str]]:
    """Reason and remedy of a finding as it stands in a document, by language.

    Numbers that the document hides are not told: the reason is then given without any.
    """
    told: dict[str, dict[str, str]] = {"reason": {}, "what_to_do": {}}
    for language in LANGUAGES:
        words = read_words(language)
        entry = words["findings"][finding["id"]][finding["level"]]
        values = _values(finding, language, _Numbers(words, shown))
        with_numbers = entry.get("with_numbers")
        can_tell = with_numbers is not None and _names(with_numbers) <= values.keys()
        reason = with_numbers if can_tell else entry["in_words"]
        told["reason"][language] = reason.format_map(values)
        told["what_to_do"][language] = entry.get("what_to_do", "")
    return told


def because_of(findings: Sequence[str]) -> dict[str, str]:
    """Why no verdict is given: what each of these findings, by id, has against it, by language."""
    told = {}
    for language in LANGUAGES:
        words = read_words(language)["findings"]
        told[language] = "; ".join(words[finding]["blocks"]["because"] for finding in findings)
    return told


@dataclass(frozen=True, slots=True)
class _Numbers:
    """How numbers are written in one language and one document; `name` tells what they are."""

    words: Mapping[str, Any]
    shown: Shown

    def written(self, name: str, value: float) -> str:
        stem = name.split("_", maxsplit=1)[0]
        if stem == "rate":
            return self._percent(value, 1)
        if stem == "share":
            return self._percent(value, self.shown.percent_decimals)
        if stem in {"deff", "expected"}:
            return self._number(value, 1)
        count = self._number(value, 0)
        is_rounded = self.shown.n_is_rounded and stem == "n"
        return str(self.words["about"].format(number=count)) if is_rounded else count

    def _percent(self, value: float, decimals: int) -> str:
        return str(self.words["percent"].format(number=self._number(100 * value, decimals)))

    def _number(self, value: float, decimals: int) -> str:
        return f"{value:.{decimals}f}".replace(".", self.words["decimal"])


def _values(finding: Mapping[str, Any], language: str, numbers: _Numbers) -> dict[str, str]:
    about = finding["about"] or {}
    told = {
        key: text.get(language) or phrase_in(language, next(iter(text.values())))
        for key in ("title", "answer")
        if (text := about.get(key))
    }
    return told | {
        name: numbers.written(name, value)
        for name, value in _flat(finding["numbers"]).items()
        if isinstance(value, int | float)
    }


def _flat(numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers of a wave carry its name: share_before."""
    flat: dict[str, Any] = {}
    for key, value in numbers.items():
        if key in _WAVES and isinstance(value, Mapping):
            flat |= {f"{name}_{key}": number for name, number in value.items()}
        else:
            flat[key] = value
    return flat


def _names(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}
