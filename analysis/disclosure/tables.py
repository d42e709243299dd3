"""Distributions of answers as they may be published: options merged, counts rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.disclosure.audit.bases import in_proportion, rests_on
from analysis.disclosure.audit.concealed import Concealed
from analysis.disclosure.collapse import Block, merge_adjacent, merge_others
from analysis.disclosure.rounding import PERCENT, rounded_base
from analysis.disclosure.rules import (
    BESIDE,
    TOLD_TOGETHER,
    fewer_than,
    hidden_base,
    is_number,
    suppressed,
)

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """How tables are told. waves: how many people each wave has."""

    threshold: int
    waves: Mapping[str, int]
    concealed: Concealed


def release_distribution(
    distribution: Document, telling: Telling, boxes: Iterable[frozenset[int]]
) -> dict[str, Any]:
    """Both waves with the same merged options; `boxes` are codes published as one share."""
    waves, variable = distribution["waves"], distribution["variable"]
    told = [w for w in waves.values() if hidden_base(w["n"], telling.threshold) is None]
    groups = _groups(distribution["level"], told, telling.threshold, boxes)
    return {
        **{key: distribution[key] for key in ("variable", "role", "level", "title", "favourable")},
        "waves": {
            name: _wave(wave, groups, _Place(telling, variable, name))
            for name, wave in waves.items()
        },
    }


def release_people_by_area(areas: Document | None, telling: Telling) -> dict[str, Any] | None:
    """An area is told by itself where it holds the threshold in both waves, as an answer is."""
    if areas is None:
        return None
    names, waves = list(areas["waves"]["before"]), areas["waves"]
    told = [w for w in waves if hidden_base(telling.waves[w], telling.threshold) is None]
    counts = [tuple(waves[wave][name] for wave in told) for name in names]
    blocks = merge_others(counts, telling.threshold)
    alone = {names[block[0]] for block in blocks if len(block) == 1}
    if len(alone) < len(names) and areas["variable"] in telling.concealed.untold:
        alone = set()
    return {
        "variable": areas["variable"],
        "waves": {
            wave: {
                name: rounded_base(n) if wave in told and name in alone else TOLD_TOGETHER
                for name, n in waves[wave].items()
            }
            for wave in waves
        },
    }


def areas_alone(areas: Document) -> set[str]:
    """Areas that a released document tells by themselves in both waves, or in the one it tells."""
    told = [{a for a, n in w.items() if is_number(n)} for w in areas["waves"].values()]
    return set.intersection(*filter(None, told)) if any(told) else set()


def published_alone(distribution: Document) -> set[int]:
    """Codes that a released distribution tells by themselves in both waves."""
    told = [w["categories"] for w in distribution["waves"].values() if isinstance(w, dict)]
    alone = [
        {c["codes"][0] for c in categories if len(c["codes"]) == 1}
        for categories in told
        if isinstance(categories, list)
    ]
    return set.intersection(*alone) if alone else set()


def _groups(
    level: str, waves: Sequence[Document], threshold: int, boxes: Iterable[frozenset[int]]
) -> list[Block]:
    if not waves or not waves[0]["categories"]:
        return []
    options = list(zip(*(w["categories"] for w in waves), strict=True))
    counts = [tuple(option["n"] for option in pair) for pair in options]
    if level == "nominal":
        return merge_others(counts, threshold)
    codes = [pair[0]["codes"][0] for pair in options]
    positions = [frozenset(i for i, code in enumerate(codes) if code in box) for box in boxes]
    return merge_adjacent(counts, threshold, positions)


@dataclass(frozen=True, slots=True)
class _Place:
    telling: Telling
    variable: str
    wave: str

    @property
    def is_untold(self) -> bool:
        return self.variable in self.telling.concealed.untold

    @property
    def hidden_missing(self) -> int | None:
        return self.telling.concealed.missing.get((self.variable, self.wave))

    @property
    def everyone(self) -> int:
        return self.telling.waves[self.wave]


def _wave(wave: Document, groups: Sequence[Block], place: _Place) -> dict[str, Any]:
    threshold = place.telling.threshold
    hidden = hidden_base(wave["n"], threshold)
    if hidden:
        return {"n": hidden, "categories": hidden, "missing": hidden}
    is_untold = wave["categories"] and place.is_untold
    return {
        "n": rounded_base(rests_on(wave["n"], place.everyone, threshold)),
        "categories": BESIDE if is_untold else _categories(wave, groups, place),
        "missing": _missing(wave["missing"], place),
    }


def _categories(
    wave: Document, groups: Sequence[Block], place: _Place
) -> list[dict[str, Any]] | dict[str, str]:
    categories, n = wave["categories"], wave["n"]
    if not categories:
        return []
    merged = [_merged([categories[i] for i in group]) for group in groups]
    threshold = place.telling.threshold
    if len(merged) == 1 or any(m["n"] < threshold for m in merged):
        return suppressed(f"options chosen by fewer than {threshold} people")
    return [
        {
            **m,
            "n": in_proportion(m["n"], n, place.everyone, threshold),
            "share": round(m["share"], PERCENT),
        }
        for m in merged
    ]


def _merged(options: Sequence[Document]) -> dict[str, Any]:
    languages = [lang for lang in options[0]["label"] if all(lang in o["label"] for o in options)]
    return {
        "codes": [code for o in options for code in o["codes"]],
        "label": {lang: " / ".join(o["label"][lang] for o in options) for lang in languages},
        "n": sum(o["n"] for o in options),
        "share": sum(o["share"] for o in options),
    }


def _missing(entries: Sequence[Document], place: _Place) -> list[dict[str, Any]]:
    """Which of the hidden ones is the small one is not told once another is hidden beside it."""
    threshold, beside = place.telling.threshold, place.hidden_missing
    told = sorted(
        (e for e in entries if e["n"] >= threshold and is_number(e["share"])), key=_people
    )
    shown = [entry["code"] for entry in told[beside or 0 :]]
    hidden = fewer_than(threshold) if beside is None else BESIDE
    return [_silent(entry, None if entry["code"] in shown else hidden) for entry in entries]


def _people(entry: Document) -> int:
    return int(entry["n"])


def _silent(entry: Document, hidden: dict[str, str] | None) -> dict[str, Any]:
    kept = {key: entry[key] for key in ("code", "reason", "label")}
    if hidden:
        return {**kept, "n": hidden, "share": hidden}
    return {**kept, "n": rounded_base(entry["n"]), "share": round(entry["share"], PERCENT)}
