"""The waves of a report as they stand in the database: answers are read row by row.

Only the worker and the command line import this module: it reaches numpy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis.bundle import Bundle, EarlierWave, Sink, write_bundle_of
from analysis.codebook import Codebook
from analysis.dataset import csv_pieces
from analysis.r_script import r_script
from app.initiatives.tables import Wave
from app.instruments.sheet import codebook_row
from app.reports.breakdowns.columns import with_groups
from app.reports.breakdowns.grouping import Grouping, read_groupings
from app.reports.facts import (
    WaysIn,
    about_fielding,
    about_initiative,
    codebook_of,
    further_waves,
    instrument_of,
    plan_in_force,
)
from app.reports.gathering.people import People
from app.reports.paradata import COLUMNS as PARADATA
from app.reports.paradata import Paradata
from app.reports.service import computed_of, get_report, waves_to_compare
from app.responses.service import linked_people, read_responses

_DESIGN: Final = ("design", "variance", "level", "weighting")
_COMPARED: Final = ("before", "after")
Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gathering:
    """waves: before, after, then the further ones, by the names that a bundle gives them.

    about: what is said of the initiative, as far as it is known without the answers.
    """

    session: Session
    waves: Mapping[str, Wave]
    codebooks: Mapping[str, Codebook]
    about: Facts
    people: People
    paradata: Paradata
    ways_in: Mapping[str, WaysIn]

    def answers(self, name: str, groupings: Sequence[Grouping] = ()) -> Iterator[str]:
        """CSV of one wave, in pieces. Notes what its paradata mean, and its ways in."""
        asked = {variable.id for variable in self.codebooks[name].variables}
        known = [grouping for grouping in groupings if asked.issuperset(grouping.of)]
        columns = [
            *(variable.id for variable in self.codebooks[name].variables),
            *PARADATA,
            *self.people.columns,
            *(grouping.column for grouping in known),
        ]
        return csv_pieces(columns, (_grouped(row, known) for row in self._rows(name)))

    def bundle(self, answers: Mapping[str, str], facts: Facts) -> Bundle:
        """Once the answers were read: without columns of groups yet."""
        codebooks = {name: self.paradata.added_to(book) for name, book in self.codebooks.items()}
        plan = plan_in_force(self.session, self.waves["after"], facts)
        return Bundle(
            codebook_before=codebooks["before"],
            codebook_after=codebooks["after"],
            responses_before=answers["before"],
            responses_after=answers["after"],
            plan=self.people.in_plan(plan),
            initiative=facts,
            earlier=tuple(
                EarlierWave(codebooks[name], answers[name])
                for name in self.waves
                if name not in _COMPARED
            ),
        )

    def _rows(self, name: str) -> Iterator[dict[str, int]]:
        """A way in that hangs in one place knows the area without asking."""
        wave = self.waves[name]
        instrument = instrument_of(self.session, wave)
        places = [question.id for question in instrument.questions if question.names_place]
        for response in read_responses(self.session, wave.agency_id, wave.id):
            self.ways_in[name].note(response.recruitment, response.mode)
            row = codebook_row(instrument, response.answers)
            row |= self.paradata.row(response) | self.people.row(response)
            if response.area is not None:
                row |= dict.fromkeys(places, response.area)
            yield row


def _grouped(row: dict[str, int], groupings: Sequence[Grouping]) -> dict[str, Any]:
    told: dict[str, Any] = dict(row)
    for grouping in groupings:
        given = {name: _spelled(row.get(name)) for name in grouping.of}
        told[grouping.column] = grouping.code_of(given)
    return told


def _spelled(cell: int | None) -> str:
    return "" if cell is None else str(cell)


def gather(
    session: Session, agency_id: str, compared: tuple[str, str], facts: Facts | None = None
) -> Gathering:
    """compared: the ids of the before and the after wave. facts: as in `gather_bundle`."""
    before, after = waves_to_compare(session, agency_id, *compared)
    waves = {"before": before, "after": after} | further_waves(session, before, after, facts)
    about = dict(facts) if facts else about_initiative(session, after)
    return Gathering(
        session=session,
        waves=waves,
        codebooks={name: codebook_of(session, wave, about) for name, wave in waves.items()},
        about=about,
        people=People(linked_people(session, agency_id, [wave.id for wave in waves.values()])),
        paradata=Paradata(),
        ways_in={name: WaysIn() for name in waves},
    )


def gather_bundle(
    session: Session,
    agency_id: str,
    before_wave_id: str,
    after_wave_id: str,
    *,
    facts: Facts | None = None,
    breakdown: Sequence[str] | None = None,
) -> Bundle:
    """`facts` of a report made earlier bring back the plan and the words it was made with."""
    gathering = gather(session, agency_id, (before_wave_id, after_wave_id), facts)
    answers = {name: "".join(gathering.answers(name)) for name in gathering.waves}
    told = dict(facts or gathering.about)
    if facts is None:
        told |= about_fielding(session, gathering.waves, gathering.ways_in)
        told |= {"breakdown": list(breakdown)} if breakdown else {}
    return with_groups(gathering.bundle(answers, told))


def write_restricted_bundle(
    session: Session, agency_id: str, report_id: str, file: Path | Sink
) -> None:
    """The answers themselves, with all that is needed to compute the report again, as a zip.

    Written as the answers are read: however many there are, no more than a piece of them is held.
    """
    report = get_report(session, agency_id, report_id)
    computed: dict[str, Any] = json.loads(computed_of(report))
    facts = {"groupings": {}, **computed["initiative"]}
    compared = report.before_wave_id, report.after_wave_id
    gathering = gather(session, agency_id, compared, facts)
    groupings = read_groupings(facts)

    def rest() -> Bundle:
        nothing = dict.fromkeys(gathering.waves, "")
        return replace(
            with_groups(gathering.bundle(nothing, facts)),
            script=r_script(computed),
            design={part: computed[part] for part in _DESIGN},
            computed=computed,
        )

    answers = {name: gathering.answers(name, groupings) for name in gathering.waves}
    write_bundle_of(answers, rest, file)
