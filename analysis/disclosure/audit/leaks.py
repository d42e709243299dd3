"""Which hidden numbers a release gives away, and what must be told less exactly for that."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from analysis.disclosure.audit.answers import Source, small_answers, tell_answers, tell_everyone
from analysis.disclosure.audit.attacker import Attack, Interval, narrow
from analysis.disclosure.audit.bases import bases_of
from analysis.disclosure.audit.beside import (
    Place,
    elsewhere,
    further_waves,
    small_beside,
    tell_place,
)
from analysis.disclosure.audit.breakdowns import (
    Breakdown,
    breakdowns_of,
    small_areas,
    small_cells,
    tell_breakdown,
)
from analysis.disclosure.audit.concealed import Code, Concealed, Row
from analysis.disclosure.audit.knowledge import Knowledge, Name
from analysis.disclosure.comparison import question_of
from analysis.disclosure.rules import FEWEST_VALUES
from analysis.refusals import Refusal

Document = Mapping[str, Any]

WAVES: Final = ("before", "after")
MOST_STEPS: Final = 6  # ways of not answering


@dataclass(frozen=True, slots=True)
class Published:
    """An earlier release. waves: of the new release's waves, what each is called in this one."""

    computed: Document
    released: Document
    waves: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Leak:
    """A number of people under the threshold that is left too few possible values.

    question, codes: None where it is one of the table of answers to `variable`; else of `question`
    by `variable`, and there of the people who gave one of `codes`. in_table: the table of answers
    alone gives it away. beside: section and outcome of people beside those who are compared.
    """

    wave: str
    variable: str
    question: str | None = None
    codes: tuple[int, ...] | None = None
    in_table: bool = False
    beside: tuple[str, str] | None = None


def find_leaks(
    computed: Document, released: Document, published: Sequence[Published] = ()
) -> list[Leak]:
    """Which numbers under the threshold can be worked out too well from all that is told?"""
    asked = [_everything_told(computed, released, wave, published) for wave in WAVES]
    asked += [_place_told(place, published) for place in places_beside(computed, released)]
    return _too_narrow(asked, computed["plan"]["suppress_below"])


def find_leaks_of_tables(
    computed: Document, released: Document, published: Sequence[Published] = ()
) -> list[Leak]:
    """The same of each question's table of answers by itself: quicker, and finds less."""
    asked = [
        _table_told(computed, released, wave, published, distribution["variable"])
        for wave in WAVES
        for distribution in computed["distributions"]
    ]
    return _too_narrow(asked, computed["plan"]["suppress_below"])


def find_leaks_of_breakdowns(
    computed: Document, released: Document, published: Sequence[Published] = ()
) -> list[Leak]:
    """The same of each question by each breakdown."""
    asked = []
    for wave in WAVES:
        own = Source(computed, released, wave, wave)
        sources = own, *_earlier(own, published)
        asked += [told for table in breakdowns_of(own) if (told := _breakdown_told(table, sources))]
    return _too_narrow(asked, computed["plan"]["suppress_below"])


def _breakdown_told(
    table: Breakdown, sources: Sequence[Source]
) -> tuple[Attack, dict[Name, Leak]] | None:
    leaks = {
        name: Leak(table.source.wave, table.variable, table.question, codes)
        for name, codes in small_cells(table)
    }
    if not leaks:
        return None
    known = Knowledge()
    for source in sources:
        tell_everyone(known, source)
        tell_answers(known, source, table.question)
        tell_breakdown(known, Breakdown(source, table.variable, table.question))
    return Attack(known, [name for name in leaks if name in known.low]), leaks


def _too_narrow(asked: Sequence[tuple[Attack, dict[Name, Leak]]], threshold: int) -> list[Leak]:
    found = narrow([attack for attack, _ in asked], threshold - 1)
    leaks = (
        leaks[name]
        for intervals, (_, leaks) in zip(found, asked, strict=True)
        for name, interval in intervals.items()
        if values_left(interval, threshold) < FEWEST_VALUES
    )
    return list(dict.fromkeys(leaks))


def values_left(interval: Interval, threshold: int) -> int:
    """How many values a number known to be under the threshold can still have."""
    low, high = interval
    return min(high, threshold - 1) - max(low, 0) + 1


def _earlier(own: Source, published: Iterable[Published]) -> Iterator[Source]:
    """Earlier releases about the same people; others are kept apart by their bases."""
    for earlier in published:
        if own.wave not in earlier.waves:
            continue
        source = Source(earlier.computed, earlier.released, earlier.waves[own.wave], own.wave)
        if source.people() == own.people():
            yield source


def _everything_told(
    computed: Document, released: Document, wave: str, published: Sequence[Published]
) -> tuple[Attack, dict[Name, Leak]]:
    own = Source(computed, released, wave, wave)
    known = Knowledge()
    for source in (own, *_earlier(own, published)):
        tell_source(known, source)
    leaks: dict[Name, Leak] = {}
    for distribution in computed["distributions"]:
        variable = distribution["variable"]
        leaks |= dict.fromkeys(small_answers(own, variable), Leak(wave, variable))
    for name, _ in small_areas(own):
        leaks[name] = Leak(wave, str(name[1]))
    for table in breakdowns_of(own):
        for name, codes in small_cells(table):
            leaks[name] = Leak(wave, table.variable, table.question, codes)
    return Attack(known, [name for name in leaks if name in known.low]), leaks


def places_beside(computed: Document, released: Document) -> list[Place]:
    there = [elsewhere(computed, released, wave) for wave in WAVES] if computed["areas"] else []
    return [*there, *further_waves(computed, released)]


def _place_told(place: Place, published: Sequence[Published]) -> tuple[Attack, dict[Name, Leak]]:
    """A further wave may be one that an earlier release compares: then that one counts too."""
    known = Knowledge()
    for source in _sources_of(place, published):
        tell_source(known, source)
    tell_place(known, place)
    leaks = {
        name: Leak(place.wave, outcome, beside=(place.section, outcome))
        for name, outcome in small_beside(place)
    }
    return Attack(known, [name for name in leaks if name in known.low]), leaks


def _sources_of(place: Place, published: Iterable[Published]) -> Iterator[Source]:
    for earlier in published:
        if place.place is not None and place.wave in earlier.waves:
            wave = earlier.waves[place.wave]
            source = Source(earlier.computed, earlier.released, wave, place.name)
            if wave in earlier.computed["waves"] and source.people() == place.people():
                yield source


def _table_told(
    computed: Document,
    released: Document,
    wave: str,
    published: Sequence[Published],
    variable: str,
) -> tuple[Attack, dict[Name, Leak]]:
    own = Source(computed, released, wave, wave)
    known = Knowledge()
    for source in (own, *_earlier(own, published)):
        tell_everyone(known, source)
        tell_answers(known, source, variable)
    leaks = dict.fromkeys(small_answers(own, variable), Leak(wave, variable, in_table=True))
    return Attack(known, list(leaks)), leaks


def tell_source(known: Knowledge, source: Source) -> None:
    """All that one release tells of one wave."""
    tell_everyone(known, source)
    for distribution in source.computed["distributions"]:
        tell_answers(known, source, distribution["variable"])
    for table in breakdowns_of(source):
        tell_breakdown(known, table)


def conceal(
    concealed: Concealed,
    leaks: Iterable[Leak],
    computed: Document,
    released: Document,
    most: int = 1,
) -> Concealed:
    """One step more for every leak, of at most so many rows. Refuses where no step is left."""
    before, rows = concealed, _told_rows(computed, released)
    weights = _Weights(_sizes(computed), _gaps(computed), most)
    for leak in leaks:
        if leak.beside is not None:
            concealed = replace(concealed, beside=concealed.beside | {leak.beside})
            continue
        beside = [row for row in rows if _is_beside(row, leak)]
        concealed = _conceal(before, concealed, leak, beside, weights)
    if concealed == before and rows:
        return replace(before, rows=before.rows | {_row(row) for row in rows})
    if concealed == before:
        raise Refusal("this release would tell of a group that must stay hidden; it is withheld")
    return concealed


def _conceal(
    before: Concealed,
    concealed: Concealed,
    leak: Leak,
    beside: Sequence[Document],
    weights: _Weights,
) -> Concealed:
    """The smallest group beside it; without one, the fewest who did not answer; the answers."""
    if beside:
        rows = weights.cheapest((_row(c) for c in beside), leak)
        if leak.codes is None:
            return replace(concealed, rows=concealed.rows | set(rows))
        shares = {(*row, leak.codes) for row in rows}
        return replace(concealed, shares=concealed.shares | shares)
    silent = leak.variable, leak.wave
    steps = before.missing.get(silent, 0) + 1
    if leak.question is None and steps <= MOST_STEPS:
        return replace(concealed, missing={**concealed.missing, silent: steps})
    return replace(concealed, untold=concealed.untold | {leak.variable})


@dataclass(frozen=True, slots=True)
class _Weights:
    """What hiding a row costs: people of its group, and how many of them left the question out."""

    sizes: Mapping[tuple[str, Code], int]
    gaps: Mapping[Row, int]
    most: int

    def cheapest(self, rows: Iterable[Row], leak: Leak) -> list[Row]:
        return sorted(set(rows), key=self.of(leak))[: self.most]

    def of(self, leak: Leak) -> Callable[[Row], tuple[float, int, str]]:
        """A table's own number is given away by bases that nearly tell how large a group is."""
        by_base = leak.question is None
        return lambda row: (
            self.gaps.get(row, math.inf) if by_base else 0.0,
            self.sizes[row[:2]],
            str(row),
        )


def _gaps(computed: Document) -> dict[Row, int]:
    """Of each row told with a base of its own: by how many people it misses its group."""
    threshold = computed["plan"]["suppress_below"]
    bases = bases_of(computed, computed["distributions"], Concealed())
    gaps: dict[Row, int] = {}
    for c in computed["comparisons"]:
        for wave in WAVES if c["group"] else ():
            row = _row(c)
            members = bases.members.get((wave, *row[:2]), 0)
            gap = members - c[wave].get("n", members)
            if gap >= threshold:
                gaps[row] = min(gap, gaps.get(row, gap))
    return gaps


def _told_rows(computed: Document, released: Document) -> list[Document]:
    """Comparisons of groups that are shown."""
    pairs = zip(computed["comparisons"], released["comparisons"], strict=True)
    return [c for c, r in pairs if c["group"] and any("n" in r[wave] for wave in WAVES)]


def _is_beside(comparison: Document, leak: Leak) -> bool:
    """Of the table that the hidden number stands in, or of any breakdown of its question."""
    if leak.in_table:
        return False
    variable, _, question = _row(comparison)
    if leak.question is None:
        return leak.variable in {variable, question}
    is_same = leak.codes is None or _codes(comparison) == leak.codes
    return (variable, question) == (leak.variable, leak.question) and is_same


def _row(comparison: Document) -> Row:
    group = comparison["group"]
    return group["variable"], group["code"], question_of(comparison)


def _codes(comparison: Document) -> tuple[int, ...]:
    return tuple(comparison["share_of"]["codes"]) if comparison["share_of"] else ()


def _sizes(computed: Document) -> dict[tuple[str, Code], int]:
    """People of each group in the wave that has fewer, by the question most of them answered.

    By this the same group is left out of every question: else one table would tell another's.
    """
    sizes: dict[tuple[str, Code], int] = {}
    for c in computed["comparisons"]:
        if c["group"]:
            group = _row(c)[:2]
            fewest = min(c[wave].get("n", 0) for wave in WAVES)
            sizes[group] = max(fewest, sizes.get(group, 0))
    return sizes
