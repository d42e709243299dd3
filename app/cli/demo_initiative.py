"""An example initiative with two counted waves, a published report and an open wave.

Every step is the real one: sheets are sealed and stored as residents' are, the worker's own jobs
open, close and count the waves. Only the people are simulated.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from app.accounts.service import create_agency
from app.accounts.staff import choose_password, invite, list_staff
from app.cli.demo_answers import fill_in, simulate_person
from app.collectors.service import create_collector, load_collector, path_of
from app.initiatives.fielding import close_wave, request_opening
from app.initiatives.service import add_area, create_initiative, create_wave, lock_plan
from app.instruments.load.shipped import shipped_instruments
from app.instruments.sheet import area_code, decode_sheet
from app.printing.paper import print_paper
from app.printing.poster import print_poster
from app.privacy.identifiers import new_nonce
from app.reports.publishing.acts import approve, propose, publish
from app.reports.publishing.parts import PARTS
from app.reports.service import request_report
from app.responses.intake import Sheet, accept_response, intake_writer
from app.worker import run_until_empty

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.collectors.service import FieldedCollector
    from app.db import Database
    from app.initiatives.wave import WaveKind
    from app.instruments.model import Instrument
    from app.settings import WorkerSettings

SEED: Final = 20261120
# No secret: the example answers at this machine's own address only, and its answers are made up.
DEMO_EMAIL: Final = "demo@springfield.example"
DEMO_PASSPHRASE: Final = "walk through the example"  # noqa: S105 - shown to everyone
DEMO_ROLES: Final = ("author", "fieldwork", "analyst", "auditor")
INSTRUMENT: Final = "core_trust"
LANGUAGES: Final = ("en", "es", "ar")
DRAFT_DECISION: Final = "This is a demonstration: simulated people read no translation."
NO_GRACE: Final = timedelta(0)
SENT_AT_ONCE: Final = 64

PLAN: Final = {"primary": ["trust"], "smallest_change": {"trust": {"mean": 0.2}}}

TITLE: Final = {
    "en": "Neighbours and Officers",
    "es": "Vecinos y agentes",
    "ar": "الجيران والشرطة",
}
POLICE: Final = {
    "en": "the Springfield police",
    "es": "la policía de Springfield",
    "ar": "شرطة سبرينغفيلد",
}
AREAS: Final = (
    {"en": "Riverside", "es": "Ribera", "ar": "ضفة النهر"},
    {"en": "Mill Street", "es": "Calle del Molino", "ar": "شارع الطاحونة"},
    {"en": "Old Harbour", "es": "Puerto Viejo", "ar": "الميناء القديم"},
)
NOTICE: Final = {
    "run_by": {
        "en": "Springfield Neighbours' Council, for the City of Springfield",
        "es": "Consejo Vecinal de Springfield, para la Ciudad de Springfield",
        "ar": "مجلس سكان سبرينغفيلد، لصالح مدينة سبرينغفيلد",
    },
    "paid_by": {
        "en": "City of Springfield",
        "es": "Ciudad de Springfield",
        "ar": "مدينة سبرينغفيلد",
    },
    "contact": "survey@springfield.example",
    "complaint": {
        "en": "Springfield Ombuds Office, 1 Market Square",
        "es": "Defensoría de Springfield, Plaza del Mercado 1",
        "ar": "مكتب أمين المظالم في سبرينغفيلد، ساحة السوق 1",
    },
    "retention": {
        "en": "24 months after the report",
        "es": "24 meses después del informe",
        "ar": "24 شهرًا بعد صدور التقرير",
    },
    "result_where": {
        "en": "springfield.example/trust and the library",
        "es": "springfield.example/trust y en la biblioteca",
        "ar": "springfield.example/trust وفي المكتبة",
    },
}


@dataclass(frozen=True, slots=True)
class DemoWave:
    kind: WaveKind
    label: dict[str, str]
    people: int
    shift: float


BEFORE: Final = DemoWave(
    "baseline",
    {"en": "Before, spring", "es": "Antes, primavera", "ar": "قبل، الربيع"},
    people=412,
    shift=0.0,
)
AFTER: Final = DemoWave(
    "follow_up",
    {"en": "After, autumn", "es": "Después, otoño", "ar": "بعد، الخريف"},
    people=437,
    shift=0.35,
)
OPEN: Final = DemoWave(
    "follow_up",
    {"en": "A year later", "es": "Un año después", "ar": "بعد عام"},
    people=0,
    shift=0.0,
)


@dataclass(frozen=True, slots=True)
class DemoAddresses:
    collector: str
    kiosk: str
    entry: str
    report: str


def set_up_demo(
    database: Database, settings: WorkerSettings, say: Callable[[str], None]
) -> DemoAddresses:
    """Return the paths of the page to answer and of the report to read."""
    rng = np.random.default_rng(SEED)
    instrument = next(i for i in shipped_instruments() if i.id == INSTRUMENT)
    agency_id, initiative_id = _set_up_initiative(database)
    waves: list[str] = []
    for wave in (BEFORE, AFTER):
        say(f"{wave.label['en']}: {wave.people} simulated people answer, then the wave is counted")
        if wave is AFTER:
            with database.writing() as session:
                lock_plan(session, agency_id, initiative_id, PLAN)
        public_id, wave_id = _open(database, settings, agency_id, initiative_id, instrument, wave)
        _answer(database, public_id, wave, rng)
        with database.writing() as session:
            close_wave(session, agency_id, wave_id, NO_GRACE)
        run_until_empty(database, settings)
        waves.append(wave_id)
    say("The report is computed and published")
    with database.writing() as session:
        report_id = request_report(
            session, agency_id, before_wave_id=waves[0], after_wave_id=waves[1]
        )
    run_until_empty(database, settings)
    with database.writing() as session:
        _publish(session, agency_id, report_id)
    open_id, open_wave_id = _open(database, settings, agency_id, initiative_id, instrument, OPEN)
    with database.writing() as session:
        kiosk = create_collector(session, agency_id, open_wave_id, label="Tablet", mode="kiosk")
        paper = create_collector(session, agency_id, open_wave_id, label="Paper", mode="paper")
        return DemoAddresses(
            collector=path_of("phone_web", open_id),
            kiosk=path_of("kiosk", kiosk.public_id),
            entry=path_of("paper", paper.public_id),
            report=f"/r/{agency_id}{report_id}",
        )


def _publish(session: Session, agency_id: str, report_id: str) -> None:
    (demo,) = list_staff(session, agency_id)
    propose(session, agency_id, report_id, None, PARTS)
    approve(session, agency_id, report_id, demo.id)
    publish(session, agency_id, report_id, None)


def print_demo(
    database: Database, addresses: DemoAddresses, folder: Path, *, base_url: str
) -> None:
    """A poster and paper sheets in each language of the open wave."""
    folder.mkdir()
    link, paper = (path.rpartition("/")[2] for path in (addresses.collector, addresses.entry))
    with database.reading() as session:
        collectors = load_collector(session, link), load_collector(session, paper)
    for language in LANGUAGES:
        poster = print_poster(collectors[0], language, "a4", base_url=base_url)
        (folder / f"poster-{language}.pdf").write_bytes(poster)
        sheets = print_paper(collectors[1], language, "a4")
        (folder / f"paper-{language}.pdf").write_bytes(sheets)


def _set_up_initiative(database: Database) -> tuple[str, str]:
    with database.writing() as session:
        agency = create_agency(session, "City of Springfield (simulated)")
        initiative = create_initiative(
            session,
            agency.agency_id,
            title=TITLE,
            police_name=POLICE,
            notice=NOTICE,
            is_simulated=True,
        )
        for name in AREAS:
            add_area(session, agency.agency_id, initiative.id, name=name, role="initiative")
        _let_staff_in(session, agency.agency_id)
        return agency.agency_id, initiative.id


def _let_staff_in(session: Session, agency_id: str) -> None:
    """Roles that ask for no second step: they may look at everything, and set up something new."""
    _, link = invite(session, agency_id, None, email=DEMO_EMAIL, name="Demo", roles=DEMO_ROLES)
    choose_password(session, link, DEMO_PASSPHRASE)


def _open(
    database: Database,
    settings: WorkerSettings,
    agency_id: str,
    initiative_id: str,
    instrument: Instrument,
    wave: DemoWave,
) -> tuple[str, str]:
    with database.writing() as session:
        created = create_wave(
            session,
            agency_id,
            initiative_id,
            kind=wave.kind,
            label=wave.label,
            languages=LANGUAGES,
            instrument=instrument,
        )
        collector = create_collector(session, agency_id, created.id, label="Link on the website")
        request_opening(session, agency_id, created.id, draft_decision=DRAFT_DECISION)
        public_id, wave_id = collector.public_id, created.id
    run_until_empty(database, settings)
    return public_id, wave_id


def _answer(database: Database, public_id: str, wave: DemoWave, rng: np.random.Generator) -> None:
    with database.reading() as session:
        collector = load_collector(session, public_id)
    sheets = [_simulate_sheet(collector, wave, rng) for _ in range(wave.people)]
    asyncio.run(_send(database, collector, sheets))


def _simulate_sheet(collector: FieldedCollector, wave: DemoWave, rng: np.random.Generator) -> Sheet:
    person = simulate_person(rng, shift=wave.shift, languages=collector.languages)
    form = fill_in(collector.instrument, collector.wave_kind, collector.areas, person, rng)
    decoded = decode_sheet(collector.instrument, form, collector.wave_kind, areas=collector.areas)
    return Sheet(
        language=person.language,
        mode=collector.mode,
        recruitment=collector.recruitment,
        area=area_code(collector.instrument, decoded.answers),
        quality=0,
        answers=decoded.answers,
    )


async def _send(database: Database, collector: FieldedCollector, sheets: list[Sheet]) -> None:
    writer = intake_writer(database)
    writer.start()
    try:
        for first in range(0, len(sheets), SENT_AT_ONCE):
            await asyncio.gather(
                *(
                    accept_response(writer, collector, new_nonce(), sheet)
                    for sheet in sheets[first : first + SENT_AT_ONCE]
                )
            )
    finally:
        writer.stop()
