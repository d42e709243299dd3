"""How a released document is read: what is a number, what is hidden and why, what it is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeGuard

from analysis.phrases import phrase_in
from analysis.sentences import in_language as told_in_language

WAVES: Final = ("before", "after")

# What stands in a document in English only: why a number is not there, rules, and warnings.
_PHRASES: Final = frozenset({"suppressed", "not_estimable", "reason", "rule", "flags"})

# No page, sheet or text document has a place for them.
_CONTROLS: Final = {code: None for code in range(32) if chr(code) not in "\t\n\r"}

_NUMBERS: Final = frozenset({int, float, bool, type(None)})

Category = Mapping[str, Any]
Comparison = Mapping[str, Any]
Distribution = Mapping[str, Any]


def is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def hidden_reason(value: Any) -> str | None:
    """Why a number is not there: hidden for privacy, or impossible to estimate."""
    if not isinstance(value, dict):
        return None
    reason = value.get("suppressed") or value.get("not_estimable")
    return str(reason) if reason else None


def told_in(part: Any, language: str) -> Any:
    """The same document with its English phrases in the language of the page, fit to be shown.

    A page is made in a few hundredths of a second, and this looks at each of its numbers: those,
    most of all there is, are passed over without a call.
    """
    if isinstance(part, dict):
        return {
            key: _phrase(value, language)
            if key in _PHRASES
            else value
            if type(value) in _NUMBERS
            else told_in(value, language)
            for key, value in part.items()
        }
    if isinstance(part, str):
        return part if part.isprintable() else part.translate(_CONTROLS)
    if isinstance(part, list):
        return [told_in(one, language) for one in part]
    return part


def _phrase(value: Any, language: str) -> Any:
    if isinstance(value, str):
        return phrase_in(language, value)
    if isinstance(value, list):
        return [_phrase(one, language) for one in value]
    return told_in(value, language)


def in_language(text: Mapping[str, str] | str, language: str) -> str:
    """The text in a language, else in the first that it has."""
    return text if isinstance(text, str) else told_in_language(text, language)


def categories_of(distribution: Distribution, wave: str) -> list[Category]:
    """The answers of one wave, low codes first; none where they are hidden."""
    categories = distribution["waves"][wave]["categories"]
    if hidden_reason(categories):
        return []
    return sorted(categories, key=lambda category: min(category["codes"]))


def told_categories(distribution: Distribution) -> list[Category]:
    """The answers of whichever wave tells them: both have the same ones."""
    return next((told for wave in WAVES if (told := categories_of(distribution, wave))), [])


def reads_downwards(distribution: Distribution) -> bool:
    """Low codes are the good news, so pictures are turned: good news stays on one side."""
    favourable = distribution["favourable"]
    codes = codes_of(told_categories(distribution))
    return bool(favourable and codes) and codes[0] in favourable and codes[-1] not in favourable


def codes_of(categories: Sequence[Category]) -> list[int]:
    """A category may stand for several codes that were merged."""
    return sorted(code for category in categories for code in category["codes"])


@dataclass(frozen=True, slots=True)
class Outcome:
    """One scale or question with everything a document says about it."""

    id: str
    comparisons: tuple[Comparison, ...]
    by_group: tuple[Comparison, ...]
    scale: Mapping[str, Any] | None
    distribution: Distribution | None
    smallest_change: Mapping[str, Any]
    other_methods: tuple[Mapping[str, Any], ...]
    interactions: tuple[Mapping[str, Any], ...]

    @property
    def lead(self) -> Comparison:
        """The mean where there is one, else the first share."""
        return self.comparisons[0]

    @property
    def is_primary(self) -> bool:
        return any(c["change"]["family"] == "primary" for c in self.comparisons)

    @property
    def has_order(self) -> bool:
        return self.distribution is None or self.distribution["level"] != "nominal"


def outcomes_of(document: Mapping[str, Any]) -> list[Outcome]:
    """In the document's order, which is the codebook's: scales, then items."""
    scales = {scale["id"]: scale for scale in document["scales"]}
    distributions = {d["variable"]: d for d in document["distributions"]}
    smallest = smallest_changes(document)
    found: dict[str, list[Comparison]] = {}
    for comparison in document["comparisons"]:
        found.setdefault(comparison["outcome"], []).append(comparison)
    return [
        Outcome(
            id=name,
            comparisons=tuple(c for c in comparisons if c["group"] is None),
            by_group=tuple(c for c in comparisons if c["group"] is not None),
            scale=scales.get(name),
            distribution=distributions.get(name),
            smallest_change=smallest[smallest_change_key(comparisons[0])],
            other_methods=tuple(s for s in document["sensitivity"] if s["outcome"] == name),
            interactions=tuple(i for i in document["interactions"] if i["outcome"] == name),
        )
        for name, comparisons in found.items()
    ]


def smallest_changes(document: Mapping[str, Any]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """Value, source and rule of the smallest change that matters, for each comparison."""
    return {smallest_change_key(entry): entry for entry in document["plan"]["smallest_changes"]}


def smallest_change_key(entry: Mapping[str, Any]) -> tuple[str, ...]:
    share = entry["share_of"]
    return entry["outcome"], entry["measure"], str(share["codes"]) if share else ""


def column_titles(document: Mapping[str, Any], language: str) -> dict[str, str]:
    return {d["variable"]: in_language(d["title"], language) for d in document["distributions"]}
