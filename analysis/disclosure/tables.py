"""Distributions of answers as they may be published: options merged, counts rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from analysis.disclosure.collapse import Block, merge_adjacent, merge_others
from analysis.disclosure.rounding import PERCENT, rounded_base
from analysis.disclosure.rules import fewer_than, hidden_base, is_number, suppressed

Document = Mapping[str, Any]


def release_distribution(
    distribution: Document, threshold: int, boxes: Iterable[frozenset[int]]
) -> dict[str, Any]:
    """Both waves with the same merged options; `boxes` are codes published as one share."""
    waves = distribution["waves"]
    told = [w for w in waves.values() if hidden_base(w["n"], threshold) is None]
    groups = _groups(distribution["level"], told, threshold, boxes)
    return {
        **{key: distribution[key] for key in ("variable", "role", "level", "title", "favourable")},
        "waves": {name: _wave(wave, groups, threshold) for name, wave in waves.items()},
    }


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


def _wave(wave: Document, groups: Sequence[Block], threshold: int) -> dict[str, Any]:
    hidden = hidden_base(wave["n"], threshold)
    if hidden:
        return {"n": hidden, "categories": hidden, "missing": hidden}
    return {
        "n": rounded_base(wave["n"]),
        "categories": _categories(wave["categories"], groups, threshold),
        "missing": [_missing(entry, threshold) for entry in wave["missing"]],
    }


def _categories(
    categories: Sequence[Document], groups: Sequence[Block], threshold: int
) -> list[dict[str, Any]] | dict[str, str]:
    if not categories:
        return []
    merged = [_merged([categories[i] for i in group]) for group in groups]
    if len(merged) == 1 or any(m["n"] < threshold for m in merged):
        return suppressed(f"options chosen by fewer than {threshold} people")
    return [{**m, "n": rounded_base(m["n"]), "share": round(m["share"], PERCENT)} for m in merged]


def _merged(options: Sequence[Document]) -> dict[str, Any]:
    languages = [lang for lang in options[0]["label"] if all(lang in o["label"] for o in options)]
    return {
        "codes": [code for o in options for code in o["codes"]],
        "label": {lang: " / ".join(o["label"][lang] for o in options) for lang in languages},
        "n": sum(o["n"] for o in options),
        "share": sum(o["share"] for o in options),
    }


def _missing(entry: Document, threshold: int) -> dict[str, Any]:
    kept = {key: entry[key] for key in ("code", "reason", "label")}
    if entry["n"] < threshold or not is_number(entry["share"]):
        return {**kept, "n": fewer_than(threshold), "share": fewer_than(threshold)}
    return {**kept, "n": rounded_base(entry["n"]), "share": round(entry["share"], PERCENT)}
