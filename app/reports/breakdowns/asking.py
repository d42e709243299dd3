"""Staff ask to see two waves by one background question or two (rule R7): a few times, audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from analysis.codebook import Variable
from app import clock
from app.errors import BadInput, Conflict, Phrase
from app.initiatives.tables import Wave
from app.jobs.service import enqueue, standings_of_kind
from app.privacy.identifiers import new_id
from app.reports.facts import about_initiative, codebook_of
from app.reports.publishing.store import breakdowns_asked
from app.reports.service import JOB, waves_to_compare

MOST_QUESTIONS: Final = 2
MOST_ASKED: Final = 8
"""Of one wave. Each further table helps to find out how single people answered."""


def questions_to_ask_by(session: Session, before: Wave, after: Wave) -> list[Variable]:
    """Background questions with answers to choose from, put to people in both waves."""
    earlier, later = (
        {v.id: v for v in codebook_of(session, wave, about_initiative(session, after)).variables}
        for wave in (before, after)
    )
    return [
        v for v in later.values() if v.role == "background" and v.valid_codes and v.id in earlier
    ]


def request_breakdown(
    session: Session, agency_id: str, before_wave_id: str, after_wave_id: str, of: Sequence[str]
) -> str:
    """Ask the worker; returns the id of the report that the breakdown will be."""
    before, after = waves_to_compare(session, agency_id, before_wave_id, after_wave_id)
    known = [v.id for v in questions_to_ask_by(session, before, after)]
    names = list(dict.fromkeys(of))
    if not 0 < len(names) <= MOST_QUESTIONS or not set(names) <= set(known):
        raise BadInput(
            "reports.breakdown_of",
            most=MOST_QUESTIONS,
            known=known or Phrase("reports.no_background"),
        )
    _refuse_too_many(session, agency_id, [before.id, after.id])
    report_id = new_id()
    waves = {"before_wave_id": before.id, "after_wave_id": after.id}
    enqueue(session, agency_id, JOB, report_id, waves | {"breakdown": names}, clock.now())
    return report_id


def _refuse_too_many(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    """One that is still being computed counts: else many could be asked at once."""
    waiting = [
        job
        for job in standings_of_kind(session, agency_id, JOB)
        if job.is_waited_for
        and job.arguments.get("breakdown")
        and job.arguments["after_wave_id"] in wave_ids
    ]
    if breakdowns_asked(session, agency_id, wave_ids) + len(waiting) >= MOST_ASKED:
        raise Conflict("reports.many_breakdowns", most=MOST_ASKED)


def refuse_empty_breakdown(released: Mapping[str, Any]) -> None:
    """Nothing can be told: why, and what could be."""
    groups = [c for c in released["comparisons"] if c["group"]]
    if any("n" in c[wave] for c in groups for wave in ("before", "after")):
        return
    withheld = released["withheld"]
    if not withheld:
        raise Conflict("reports.nobody_answered")
    first = withheld[0]
    raise Conflict("reports.nothing_shown", why=first["reason"], allowed=first["allowed"])
