"""The release ledger: what was published of a wave, and whether a further report may follow (R6).

Pure: the web process publishes, and reaches no statistics.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from analysis.codebook import content_hash

FEW: Final = 10
MOST_BREAKDOWNS: Final = 40
"""Of one wave, in all published reports: each further table helps to reconstruct answers."""

Document = Mapping[str, Any]

Waves = Mapping[str, str]
"""The ids of before and after."""


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
        for breakdown, category, question, n in _shown(computed, released, name):
            key = wave_id, breakdown, category, question
            found[key] = Base(wave_id, people, breakdown, category, question, n)
    return list(found.values())


def why_refused(new: Sequence[Base], published: Sequence[Base]) -> str | None:
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
    return _too_many(new, published)


def _few_apart(base: Base) -> str:
    of = f"the group {base.category!r} of {base.breakdown!r}" if base.breakdown else "everyone"
    return (
        f"This report rests on fewer than {FEW} people more or less than one that is published, "
        f"of the same wave and of {of}. One less the other would tell of those few, so it is not "
        "published. Allowed: a report that leaves out the same people as the published one, or at "
        f"least {FEW} people more or fewer. Change the exclusions in the plan, or keep to the "
        "published report."
    )


def _too_many(new: Sequence[Base], published: Sequence[Base]) -> str | None:
    for wave_id in {base.wave_id for base in new}:
        every = (b for b in (*new, *published) if b.wave_id == wave_id and not b.is_of_everyone)
        tables = {(b.people, b.breakdown, b.question) for b in every}
        breakdowns = {(people, breakdown) for people, breakdown, _ in tables}
        if len(breakdowns) > MOST_BREAKDOWNS:
            return (
                f"With this report more than {MOST_BREAKDOWNS} breakdowns of one wave would be "
                "published, and so many tables together tell of single people. Allowed: a report "
                "with fewer subgroups in its plan, or with those that are published already."
            )
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
        share, group = true["share_of"], true["group"]
        question = share["variable"] if share else true["outcome"]
        where = (group["variable"], str(group["code"])) if group else ("", "")
        yield *where, question, true[wave]["n"]


def _pairs(
    computed: Document, released: Document, part: str
) -> Iterable[tuple[Document, Document]]:
    return zip(computed[part], released[part], strict=True)
