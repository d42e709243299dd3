"""The release ledger: what was published of a wave, and whether a further report may follow (R6).

Pure: the web process publishes, and reaches no statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.codebook import content_hash
from app.errors import Phrase

FEW: Final = 10
MOST_BREAKDOWNS: Final = 40
"""Of one wave, in all published reports: each further table helps to reconstruct answers."""

Document = Mapping[str, Any]

Waves = Mapping[str, str]
"""The ids of before and after, and of the further waves that the course is told of."""

COMPARISON_AREAS: Final = "(comparison areas)"
"""Stands where a breakdown does: the people whom a report keeps apart, by codes of their areas."""


@dataclass(frozen=True, slots=True)
class Base:
    """A number of people that a published figure rests on.

    people: a digest of whom the plan leaves out of the wave. breakdown, category: the group, or
    empty for everyone. question: whose valid answers are counted; empty: everyone.
    """

    wave_id: str
    people: str
    breakdown: str
    category: str
    question: str
    n: int

    @property
    def is_of_everyone(self) -> bool:
        return not self.breakdown


def bases_published(computed: Document, released: Document, waves: Waves) -> list[Base]:
    """Every base whose figures the released document shows."""
    people = content_hash(computed["plan"]["exclusions"])
    found: dict[tuple[str, str, str, str], Base] = {}
    for name, wave_id in waves.items():
        shown = _shown if name in computed["waves"] else _shown_in_course
        for breakdown, category, question, n in shown(computed, released, name):
            key = wave_id, breakdown, category, question
            found[key] = Base(wave_id, people, breakdown, category, question, n)
    return list(found.values())


def why_refused(new: Sequence[Base], published: Sequence[Base]) -> Phrase | None:
    """Why a report may not be published beside those that are; None where it may.

    A base that differs by 1 to 9 people from a published one of the same group and question gives
    those few people away by subtraction.
    """
    before = {_place(base): base for base in published}
    rivals: dict[tuple[str, ...], list[Base]] = {}
    for base in before.values():
        rivals.setdefault(_same_figure(base), []).append(base)
    for base in new:
        for rival in rivals.get(_same_figure(base), ()):
            if 0 < abs(rival.n - base.n) < FEW:
                return _few_apart(base)
    return _other_areas(new, published) or _too_many(new, published)


def _other_areas(new: Sequence[Base], published: Sequence[Base]) -> Phrase | None:
    """Were an area moved from one side to the other, two reports would tell of it alone."""
    before = {base.wave_id for base in published}
    if _areas_apart(base for base in new if base.wave_id in before) != _areas_apart(
        base for base in published if base.wave_id in {b.wave_id for b in new}
    ):
        return Phrase("reports.other_areas")
    return None


def _areas_apart(bases: Iterable[Base]) -> set[tuple[str, str]]:
    return {(base.wave_id, base.category) for base in bases if base.breakdown == COMPARISON_AREAS}


def _few_apart(base: Base) -> Phrase:
    if not base.breakdown:
        return Phrase("reports.few_apart", few=FEW, of=Phrase("reports.everyone"))
    group = Phrase("reports.group", category=base.category, breakdown=base.breakdown)
    return Phrase("reports.few_apart", few=FEW, of=group)


def _too_many(new: Sequence[Base], published: Sequence[Base]) -> Phrase | None:
    for wave_id in {base.wave_id for base in new}:
        every = (b for b in (*new, *published) if b.wave_id == wave_id and not b.is_of_everyone)
        tables = {(b.people, b.breakdown, b.question) for b in every}
        breakdowns = {(people, breakdown) for people, breakdown, _ in tables}
        if len(breakdowns) > MOST_BREAKDOWNS:
            return Phrase("reports.many_told", most=MOST_BREAKDOWNS)
    return None


def _place(base: Base) -> tuple[str, ...]:
    return base.people, *_same_figure(base)


def _same_figure(base: Base) -> tuple[str, ...]:
    return base.wave_id, base.breakdown, base.category, base.question


def _shown(
    computed: Document, released: Document, wave: str
) -> Iterator[tuple[str, str, str, int]]:
    """Breakdown, category, question and people of each figure that is shown."""
    if isinstance(released["waves"][wave]["n"], int):
        yield "", "", "", computed["waves"][wave]["n"]
    for true, told in _pairs(computed, released, "distributions"):
        if isinstance(told["waves"][wave]["n"], int):
            yield "", "", true["variable"], true["waves"][wave]["n"]
    for true, told in _pairs(computed, released, "comparisons"):
        if "n" not in told[wave]:
            continue
        where = _where(true["group"], computed["initiative"] or {})
        yield *where, _question(true), true[wave]["n"]

    yield from _shown_elsewhere(computed, released, wave)


def _shown_elsewhere(
    computed: Document, released: Document, wave: str
) -> Iterator[tuple[str, str, str, int]]:
    """Of the comparison areas; that they are kept apart stands in the ledger where nothing does."""
    for column, levels in computed["plan"]["comparison_areas"].items():
        where = COMPARISON_AREAS, f"{column}:{','.join(map(str, sorted(levels)))}"
        yield *where, "", 0
        areas = computed["areas"], released["areas"]
        if not all(a and isinstance(a["comparisons"], list) for a in areas):
            return
        for true, told in zip(*(a["comparisons"] for a in areas), strict=True):
            if "n" in told[wave]:
                yield *where, _question(true), true[wave]["n"]


def _shown_in_course(
    computed: Document, released: Document, wave: str
) -> Iterator[tuple[str, str, str, int]]:
    """Of a further wave: everyone, and who answered a main outcome."""
    trends = computed["trend"], released["trend"]
    if not all(t and "trends" in t for t in trends):
        return
    place = [told["name"] for told in trends[0]["waves"]].index(wave)
    if isinstance(trends[1]["waves"][place]["n"], int):
        yield "", "", "", trends[0]["waves"][place]["n"]
    for true, told in zip(*(t["trends"] for t in trends), strict=True):
        if told["waves"] and "n" in told["waves"][place]:
            yield "", "", _question(true), true["waves"][place]["n"]


def _question(outcome: Document) -> str:
    """Whose valid answers are the base: the question of a share, else the outcome."""
    share = outcome["share_of"]
    return str(share["variable"] if share else outcome["outcome"])


def _where(group: Document | None, facts: Document) -> tuple[str, str]:
    """Groups made of several answers are named by these: so the same ones are known again."""
    if group is None:
        return "", ""
    variable, code = group["variable"], str(group["code"])
    made = (facts.get("groupings") or {}).get(variable)
    if made is None:
        return variable, code
    parts = (",".join(map(str, codes)) for codes in made["levels"][code])
    return "+".join(made["of"]), ";".join(parts)


def _pairs(
    computed: Document, released: Document, part: str
) -> Iterable[tuple[Document, Document]]:
    return zip(computed[part], released[part], strict=True)
