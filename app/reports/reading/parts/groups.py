"""Whether groups changed differently: one test for all, to be read before any one group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.reports.reading.document import Outcome, hidden_reason, in_language
from app.reports.reading.ends import ends_of
from app.reports.reading.figures import Picture, Units
from app.reports.reading.number_tables import Table, group_tables, measure_name, p_text
from app.reports.reading.parts.gaps import gap_sentences, gap_tables
from app.reports.reading.row_figures import groups_picture
from app.reports.reading.wording import Wording

_SIGNIFICANCE: Final = 0.05


@dataclass(frozen=True, slots=True)
class GroupPicture:
    caption: str
    picture: Picture


@dataclass(frozen=True, slots=True)
class Groups:
    """One main outcome in the groups that the plan names. notes: what is read first.

    gaps: what became of the distance between each two.
    """

    id: str
    title: str
    notes: tuple[str, ...]
    pictures: tuple[GroupPicture, ...]
    gaps: tuple[str, ...]
    tables: tuple[Table, ...]


def groups_of(
    outcomes: Iterable[Outcome], titles: Mapping[str, str], wording: Wording
) -> tuple[Groups, ...]:
    """None where the plan names no groups, or where they are not published."""
    return tuple(
        Groups(
            id=outcome.id,
            title=in_language(outcome.lead["title"], wording.language),
            notes=(*group_notes(outcome.interactions, titles, wording), wording("groups_caution")),
            pictures=tuple(_pictures(outcome, titles, wording)),
            gaps=tuple(gap_sentences(outcome, titles, wording)),
            tables=(
                *group_tables(outcome.by_group, titles, wording),
                *gap_tables(outcome, titles, wording),
            ),
        )
        for outcome in outcomes
        if outcome.is_primary and outcome.by_group
    )


def _pictures(
    outcome: Outcome, titles: Mapping[str, str], wording: Wording
) -> Iterator[GroupPicture]:
    """What leads the outcome, a picture a background question."""
    lead = outcome.lead
    units = Units(wording, lead["measure"])
    same = [
        one
        for one in outcome.by_group
        if (one["measure"], one["share_of"]) == (lead["measure"], lead["share_of"])
    ]
    for variable in dict.fromkeys(one["group"]["variable"] for one in same):
        members = [one for one in same if one["group"]["variable"] == variable]
        ends = ends_of(outcome, units)
        picture = groups_picture(f"{outcome.id}-by-{variable}", members, ends, units)
        if picture:
            question = titles.get(variable, variable)
            caption = wording("by_group", name=measure_name(lead, wording), question=question)
            yield GroupPicture(caption, picture)


def group_notes(
    interactions: Sequence[Mapping[str, Any]], titles: Mapping[str, str], wording: Wording
) -> Iterable[str]:
    """A sentence a background question that the plan names, for one outcome."""
    for interaction in interactions:
        question = titles.get(interaction["variable"], interaction["variable"])
        test = interaction["test"]
        reason = hidden_reason(test)
        if reason:
            yield wording("groups_untested", question=question, reason=reason)
            continue
        differs = test["p_adjusted"] < _SIGNIFICANCE
        yield wording(
            "groups_differ" if differs else "groups_alike",
            question=question,
            family=wording(f"groups_{interaction['family']}"),
            p=p_text(test["p_adjusted"], wording),
        )
