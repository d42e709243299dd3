"""Other kinds of people in one wave than in the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.codebook import Codebook, Text
from analysis.dataset import Wave
from analysis.guard.finding import About, Finding
from analysis.guard.pair import WAVES, Mask, WavePair, answered, gave
from analysis.verdict import SIGNIFICANCE

LANGUAGE: Final = "paradata.language"
MOST_APART: Final = 0.05


@dataclass(frozen=True, slots=True)
class Level:
    """One answer of a background question, before and after."""

    label: Text
    chosen: tuple[Mask, Mask]
    code: int | None = None


def check_composition(pair: WavePair) -> Iterator[Finding]:
    """Are the people of the two waves alike?

    For every background question, the area and the language: half the sum of the absolute
    differences of the levels' weighted shares (the share of people that would have to be replaced),
    and the design-based t test of the level that moved most, times the number of tests
    (Bonferroni over levels and questions). Flags where more than 5 % would have to be replaced and
    p < .05. Remedy: weight both waves to the same population.
    """
    columns = list(_columns(pair))
    tests = sum(len(levels) for _, levels in columns)
    found = [f for about, levels in columns if (f := _finding(pair, about, levels, tests))]
    yield from found
    if columns and not found:
        yield Finding("composition", "passes", numbers={"items": len(columns)})


def _finding(pair: WavePair, about: About, levels: list[Level], tests: int) -> Finding | None:
    base = [np.any([level.chosen[place] for level in levels], axis=0) for place in (0, 1)]
    parts = [pair.parts(level.chosen, base) for level in levels]
    moved = [abs(p[WAVES[1]].share - p[WAVES[0]].share) if p else 0.0 for p in parts]
    apart = sum(moved) / 2
    if apart <= MOST_APART:
        return None
    most = int(np.argmax(np.round(moved, 12)))  # the first of equals
    p = min(1.0, tests * pair.p_of_change(levels[most].chosen, base))
    if p >= SIGNIFICANCE:
        return None
    told = About(about.id, about.title, levels[most].label, levels[most].code)
    return Finding("composition", "flags", told, {**(parts[most] or {}), "apart": apart, "p": p})


def _columns(pair: WavePair) -> Iterator[tuple[About, list[Level]]]:
    for variable in pair.shared.variables:
        if variable.role == "background" and variable.id in pair.before.coded:
            columns = [wave.coded[variable.id] for wave in pair.waves]
            yield (
                About(variable.id, variable.text),
                [
                    Level(c.label, (gave(columns[0], c.code), gave(columns[1], c.code)), c.code)
                    for c in variable.categories
                    if not c.is_missing
                ],
            )
    if "area" in pair.before.labels:
        yield About(str(pair.plan.columns.area), {"en": "Area"}), list(_areas(pair))
    if all(LANGUAGE in wave.coded for wave in pair.waves):
        yield About(LANGUAGE, {"en": "Language"}), list(labelled_levels(pair, LANGUAGE))


def _areas(pair: WavePair) -> Iterator[Level]:
    labels = [wave.labels["area"] for wave in pair.waves]
    for name in np.unique(np.concatenate(labels)):
        yield Level({"en": str(name)}, (labels[0] == name, labels[1] == name))


def labelled_levels(pair: WavePair, column: str) -> Iterator[Level]:
    """Levels by their words: the two waves may number them differently."""
    own = [_by_label(book, wave, column) for book, wave in zip(pair.own, pair.waves, strict=True)]
    for label in dict.fromkeys([*own[0], *own[1]]):
        masks = [
            found.get(label, np.zeros(wave.n, dtype=np.bool_))
            for found, wave in zip(own, pair.waves, strict=True)
        ]
        yield Level({"en": label}, (masks[0], masks[1]))


def _by_label(book: Codebook, wave: Wave, column: str) -> Mapping[str, Mask]:
    categories = book.variable(column).categories
    named = {next(iter(c.label.values())): gave(wave.coded[column], c.code) for c in categories}
    return {label: mask & answered(wave.coded[column]) for label, mask in named.items()}
