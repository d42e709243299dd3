"""The worker's part: from the responses of two counted waves to a computed and a released document.

Only the worker and the command line import this module: it reaches numpy.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis.bundle import Bundle, EarlierWave, read_bundle, write_bundle
from analysis.codebook import CodebookError, canonical_json
from analysis.dataset import rows_as_csv
from analysis.disclosure import Published, release
from analysis.r_script import r_script
from analysis.refusals import Refusal
from analysis.report import compare_bundle
from app import clock
from app.db import Database
from app.errors import BadInput, Conflict
from app.initiatives.tables import Wave
from app.instruments.sheet import codebook_row
from app.privacy.identifiers import new_id
from app.reports import store
from app.reports.breakdowns.asking import refuse_empty_breakdown
from app.reports.breakdowns.columns import with_groups
from app.reports.facts import (
    WaysIn,
    about_fielding,
    about_initiative,
    codebook_of,
    further_waves,
    instrument_of,
    plan_in_force,
)
from app.reports.paradata import COLUMNS as PARADATA
from app.reports.paradata import Paradata
from app.reports.people import People
from app.reports.publishing.parts import with_parts
from app.reports.publishing.store import add_bases, ever_told
from app.reports.publishing.telling import OtherTold, bases_to_tell, waves_told
from app.reports.service import computed_of, get_report, waves_to_compare
from app.reports.tables import Report
from app.responses.service import linked_people, read_responses

_DESIGN: Final = ("design", "variance", "level", "weighting")
_ATTEMPTS: Final = 3


def compute_now(
    database: Database,
    agency_id: str,
    *,
    before_wave_id: str,
    after_wave_id: str,
    breakdown: Sequence[str] | None = None,
) -> str:
    """Without the queue; returns the id of the report."""
    report_id = new_id()
    waves = {"before_wave_id": before_wave_id, "after_wave_id": after_wave_id}
    compute_report(database, agency_id, report_id, **waves, breakdown=breakdown)
    return report_id


def compute_report(
    database: Database,
    agency_id: str,
    report_id: str,
    *,
    before_wave_id: str,
    after_wave_id: str,
    breakdown: Sequence[str] | None = None,
) -> None:
    """Compare two counted waves and keep both documents. Safe to repeat: the first stands.

    breakdown: the questions by which staff asked to see these waves, in place of the plan's groups.
    """
    for attempt in range(_ATTEMPTS):
        with database.reading() as session:
            if store.find_report(session, agency_id, report_id) is not None:
                return
            bundle = gather_bundle(
                session, agency_id, before_wave_id, after_wave_id, breakdown=breakdown
            )
            pair = before_wave_id, after_wave_id
            waves = waves_told(session, agency_id, pair, bundle.initiative)
            told = ever_told(session, agency_id, list(waves.values()))
        computed = _compare(_pack(bundle))
        released = _release(computed, [_told(report, parts, waves) for report, parts in told])
        report = Report(
            agency_id=agency_id,
            id=report_id,
            before_wave_id=before_wave_id,
            after_wave_id=after_wave_id,
            computed=canonical_json(computed),
            released=canonical_json(released),
            audited_with=[report.id for report, _ in told],
            breakdown=list(breakdown) if breakdown else None,
            created_on=clock.now().date(),
        )
        try:
            _keep(database, report, computed, released)
        except OtherTold:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return


def _keep(
    database: Database, report: Report, computed: Mapping[str, Any], released: Mapping[str, Any]
) -> None:
    """A breakdown is told to who asked for it: so it is written to the ledger here and now."""
    with database.writing() as session:
        if report.breakdown is None:
            store.add_report(session, report)
            return
        refuse_empty_breakdown(released)
        bases = bases_to_tell(session, report, computed, released)
        store.add_report(session, report)
        add_bases(session, report.agency_id, report.id, bases)


def _told(report: Report, parts: Sequence[str], waves: Mapping[str, str]) -> Published:
    """What was told, with the names that our waves have in it."""
    theirs = {report.before_wave_id: "before", report.after_wave_id: "after"}
    shared = {name: theirs[wave_id] for name, wave_id in waves.items() if wave_id in theirs}
    documents = json.loads(computed_of(report)), json.loads(report.released)
    computed, released = (with_parts(document, parts) for document in documents)
    return Published(computed, released, shared)


def _release(computed: Mapping[str, Any], published: Sequence[Published]) -> dict[str, Any]:
    try:
        return release(computed, published)
    except Refusal as exc:
        raise Conflict(f"The report cannot be released. {exc}.") from exc


def restricted_bundle(session: Session, agency_id: str, report_id: str) -> bytes:
    """The answers themselves, with all that is needed to compute the report again, as a zip."""
    report = get_report(session, agency_id, report_id)
    computed: dict[str, Any] = json.loads(computed_of(report))
    waves = report.before_wave_id, report.after_wave_id
    bundle = gather_bundle(session, agency_id, *waves, facts=computed["initiative"])
    design = {part: computed[part] for part in _DESIGN}
    return _pack(replace(bundle, script=r_script(computed), design=design, computed=computed))


def gather_bundle(
    session: Session,
    agency_id: str,
    before_wave_id: str,
    after_wave_id: str,
    *,
    facts: Mapping[str, Any] | None = None,
    breakdown: Sequence[str] | None = None,
) -> Bundle:
    """`facts` of a report made earlier bring back the plan and the words it was made with."""
    before, after = waves_to_compare(session, agency_id, before_wave_id, after_wave_id)
    waves = {"before": before, "after": after}
    further = further_waves(session, before, after, facts)
    waves |= further
    about = dict(facts) if facts else about_initiative(session, after)
    codebooks = {name: codebook_of(session, wave, about) for name, wave in waves.items()}
    ways_in = {name: WaysIn() for name in waves}
    paradata = Paradata()
    people = People(linked_people(session, agency_id, [wave.id for wave in waves.values()]))
    answers = {
        name: rows_as_csv(
            [*(v.id for v in codebooks[name].variables), *PARADATA, *people.columns],
            _rows(session, wave, ways_in[name], paradata, people),
        )
        for name, wave in waves.items()
    }
    if facts is None:
        facts = about | about_fielding(session, waves, ways_in)
        facts |= {"breakdown": list(breakdown)} if breakdown else {}
    bundle = Bundle(
        codebook_before=paradata.added_to(codebooks["before"]),
        codebook_after=paradata.added_to(codebooks["after"]),
        responses_before=answers["before"],
        responses_after=answers["after"],
        plan=people.in_plan(plan_in_force(session, after, facts)),
        initiative=facts,
        earlier=tuple(
            EarlierWave(paradata.added_to(codebooks[name]), answers[name]) for name in further
        ),
    )
    return with_groups(bundle)


def _pack(bundle: Bundle) -> bytes:
    file = io.BytesIO()
    write_bundle(bundle, file)
    return file.getvalue()


def _compare(packed: bytes) -> dict[str, Any]:
    """Through the bundle as an analyst gets it: what they compute cannot differ from this."""
    try:
        return compare_bundle(read_bundle(io.BytesIO(packed)))
    except (Refusal, CodebookError) as exc:
        raise BadInput(f"The waves cannot be compared. {exc}.") from exc


def _rows(
    session: Session, wave: Wave, ways_in: WaysIn, paradata: Paradata, people: People
) -> Iterator[dict[str, int]]:
    """A way in that hangs in one place knows the area without asking."""
    instrument = instrument_of(session, wave)
    places = [question.id for question in instrument.questions if question.names_place]
    for response in read_responses(session, wave.agency_id, wave.id):
        ways_in.note(response.recruitment, response.mode)
        row = codebook_row(instrument, response.answers)
        row |= paradata.row(response) | people.row(response)
        if response.area is not None:
            row |= dict.fromkeys(places, response.area)
        yield row
