"""Two waves of one initiative, answered, closed and counted by the real steps."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from app.db import Database
from app.initiatives.service import create_initiative, lock_plan
from app.initiatives.tables import Initiative
from app.initiatives.wave import WaveKind
from app.instruments.sheet import area_code, decode_sheet
from app.privacy.count_keys import CountKeyStore
from app.questions.contract import PageContext
from app.reports.publishing.acts import publish_alone
from app.responses.count import count_wave
from app.responses.sheet import Sheet
from tests.factories import core_trust, make_agency, make_areas, make_wave
from tests.integration.responses.sheets import AREAS, Wave, fill

PLAN: Mapping[str, Any] = {"primary": ["trust"], "smallest_change": {"trust": 0.2}}

RUN_BY: Mapping[str, str] = {"en": "Riverside Neighbours", "es": "Vecinos de Riverside"}


STATEMENT: Final = "There is nobody else in this agency who could read it."


class TwoWaves(NamedTuple):
    agency_id: str
    initiative_id: str
    before: str
    after: str


def publish(database: Database, waves: TwoWaves, report_id: str) -> str:
    """All of it, by an agency of nobody else. Returns its public id."""
    with database.writing() as session:
        publish_alone(session, waves.agency_id, report_id, None, STATEMENT)
    return waves.agency_id + report_id


def two_counted_waves(
    database: Database,
    keys: CountKeyStore,
    *,
    people: int = 99,
    plan: Mapping[str, Any] = PLAN,
    agency_id: str | None = None,
    between: Callable[[], object] = lambda: None,
) -> TwoWaves:
    """between: what happens after the first wave is counted."""
    with database.writing() as session:
        initiative = create_initiative(
            session,
            agency_id or make_agency(session).agency_id,
            title={"en": "Walking beats", "es": "Rondas a pie", "ar": "دوريات راجلة"},
            police_name={"en": "Riverside Police", "es": "la policía", "ar": "الشرطة"},
            notice={"run_by": RUN_BY, "contact": "+1 555 0100"},
        )
        make_areas(session, initiative)
    before = counted_wave(database, keys, initiative, "baseline", people)
    with database.writing() as session:
        lock_plan(session, initiative.agency_id, initiative.id, plan)
    between()
    after = counted_wave(database, keys, initiative, "follow_up", people + 7)
    return TwoWaves(initiative.agency_id, initiative.id, before, after)


def counted_wave(
    database: Database, keys: CountKeyStore, initiative: Initiative, kind: WaveKind, people: int
) -> str:
    with database.writing() as session:
        made = make_wave(
            session, initiative, kind=kind, state="open", keys=keys, languages=("en", "es")
        )
        wave = Wave.of(made)
    rng = random.Random(people)
    fill(database, wave, (answered(rng, kind) for _ in range(people)))
    count_wave(database, keys, wave.agency_id, wave.wave_id, backups=None)
    return wave.wave_id


def answered(rng: random.Random, kind: WaveKind) -> Sheet:
    """Some leave a question out; nobody answers like anybody else but by chance."""
    instrument = core_trust()
    page = PageContext("en", instrument.missing_labels, AREAS, {"initiative": ""})
    form = {
        question.fields[0]: [rng.choice(choices).value]
        for question in instrument.asking(kind)
        if (choices := list(question.choices(page, {}))) and rng.random() > 0.05
    }
    decoded = decode_sheet(instrument, form, kind, AREAS)
    assert not decoded.problems
    return Sheet(
        language=rng.choice(["en", "es"]),
        mode="phone_web",
        recruitment="open",
        area=area_code(instrument, decoded.answers),
        quality=0,
        answers=decoded.answers,
    )
