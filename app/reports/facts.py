"""What a report says about an initiative and its fielding, and what the columns of a wave mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy.orm import Session

from analysis.codebook import Codebook
from app.initiatives.elsewhere import taken_elsewhere
from app.initiatives.service import (
    get_initiative,
    is_changed_after_data,
    list_areas,
    list_plans,
    list_waves,
)
from app.initiatives.tables import PlanVersion, Wave
from app.initiatives.wave import HOLDS_RESPONSES, WaveKind
from app.instruments.codebook import build_codebook
from app.instruments.model import Instrument
from app.instruments.service import thawed_version
from app.questions.contract import AreaChoice
from app.reports.brought import as_taken
from app.reports.initiative_words import AREA_HERE, fill_words


@dataclass(slots=True)
class WaysIn:
    """How the answers of a wave came: which ways there were, never how many came by each."""

    recruitment: set[str] = field(default_factory=set)
    modes: set[str] = field(default_factory=set)

    def note(self, recruitment: str, mode: str) -> None:
        self.recruitment.add(recruitment)
        self.modes.add(mode)


def about_initiative(session: Session, wave: Wave) -> dict[str, Any]:
    initiative = get_initiative(session, wave.agency_id, wave.initiative_id)
    return {
        "title": initiative.title,
        "police_name": initiative.police_name,
        "is_simulated": initiative.is_simulated,
        "starts_on": initiative.starts_on.isoformat() if initiative.starts_on else None,
        "run_by": initiative.notice.get("run_by"),
        "paid_by": initiative.notice.get("paid_by"),
    }


def about_fielding(
    session: Session, waves: Mapping[str, Wave], ways_in: Mapping[str, WaysIn]
) -> dict[str, Any]:
    """`waves` and `ways_in` by the words before and after, and by the names of `further_waves`.

    Nothing here tells of one person.
    """
    after = waves["after"]
    plans = list_plans(session, after.agency_id, after.initiative_id)
    return {
        "labels": {name: wave.label for name, wave in waves.items()},
        "dates": {name: _days(wave) for name, wave in waves.items()},
        "elsewhere": {
            name: {"tool": told.tool}
            for name, wave in waves.items()
            if (told := taken_elsewhere(wave)) is not None
        },
        "languages": {name: list(wave.languages) for name, wave in waves.items()},
        "drafts": {
            name: waves[name].accepted_drafts
            for name in ("before", "after")
            if waves[name].accepted_drafts
        },
        "recruitment": {name: sorted(ways.recruitment) for name, ways in ways_in.items()},
        "modes": {name: sorted(ways.modes) for name, ways in ways_in.items()},
        "plan": _plan(plans[-1], after) if plans else None,
        "place": place_question(session, after),
        "positions": {name: wave.position for name, wave in waves.items()},
    }


def further_waves(
    session: Session, before: Wave, after: Wave, facts: Mapping[str, Any] | None
) -> dict[str, Wave]:
    """The other waves up to the after wave whose answers are there, by the names of a bundle.

    `facts` of a report made earlier name those it was made with.
    """
    every = list_waves(session, after.agency_id, after.initiative_id)
    if facts is not None:
        known = {wave.position: wave for wave in every}
        return {
            name: known[position]
            for name, position in facts.get("positions", {}).items()
            if name not in {"before", "after"}
        }
    others = [
        wave
        for wave in every
        if wave.state in HOLDS_RESPONSES
        and wave.position < after.position
        and wave.position != before.position
    ]
    return {f"earlier_{number}": wave for number, wave in enumerate(others, 1)}


def plan_in_force(
    session: Session, after: Wave, facts: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """The plan that the facts name, also when a newer one was locked since."""
    if facts["plan"] is None:
        return None
    plans = list_plans(session, after.agency_id, after.initiative_id)
    document = next(p.document for p in plans if p.version == facts["plan"]["version"])
    return _comparison_areas(session, after) | dict(document)


def _comparison_areas(session: Session, wave: Wave) -> dict[str, Any]:
    """As a plan names them; nothing where there are none, or where nobody is asked for the area."""
    areas = list_areas(session, wave.agency_id, wave.initiative_id)
    codes = [area.code for area in areas if area.role == "comparison"]
    place = place_question(session, wave)
    return {"comparison_areas": {place: codes}} if codes and place else {}


def place_question(session: Session, wave: Wave) -> str | None:
    """The question that asks where people live, if there is one."""
    questions = instrument_of(session, wave).questions
    return next((question.id for question in questions if question.names_place), None)


def codebook_of(session: Session, wave: Wave, about: Mapping[str, Any]) -> Codebook:
    """The initiative's own words stand where the questionnaire leaves room for them."""
    areas = list_areas(session, wave.agency_id, wave.initiative_id)
    codebook = build_codebook(
        instrument_of(session, wave),
        cast("WaveKind", wave.kind),
        [AreaChoice(area.code, area.name) for area in areas],
    )
    words = {"initiative": about["title"], "police": about["police_name"], "area": AREA_HERE}
    return as_taken(fill_words(codebook, words), wave.id, taken_elsewhere(wave))


def instrument_of(session: Session, wave: Wave) -> Instrument:
    return thawed_version(session, wave.agency_id, wave.instrument_hash)


def _plan(plan: PlanVersion, after: Wave) -> dict[str, Any]:
    return {
        "version": plan.version,
        "content_hash": plan.content_hash,
        "locked_on": plan.locked_at.date().isoformat(),
        "changed_after_data": is_changed_after_data(plan, [after]),
    }


def _days(wave: Wave) -> dict[str, str | None]:
    """The first and the last on which it was taken, here or elsewhere."""
    told = taken_elsewhere(wave)
    if told is not None:
        return {"first": told.first_day, "last": told.last_day}
    return {"first": _day(wave.opened_at), "last": _day(wave.closed_at)}


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None
