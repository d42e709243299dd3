"""What the preview shows a page of: a made-up initiative with one open wave, in its own folder.

The key of the wave is destroyed as soon as it is open, so that what is sent can never be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from app.accounts.service import create_agency
from app.collectors.service import create_collector
from app.db import Database
from app.initiatives.opening import open_wave
from app.initiatives.service import add_area, create_initiative, create_wave
from app.migrations import migrate
from app.privacy.count_keys import CountKeyStore

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Initiative
    from app.initiatives.wave import WaveKind
    from app.instruments.model import Instrument
    from app.settings import WorkerSettings

NAME: Final = "Preview"
TITLE: Final = "Example initiative"
POLICE: Final = "Example Police"
AREAS: Final = ("Riverside", "Mill Street", "Old Harbour")


def open_preview(
    settings: WorkerSettings, instrument: Instrument, languages: Sequence[str], kind: WaveKind
) -> str:
    """The path of the page."""
    database = Database(settings.database_url, role="rapport_operator")
    migrate(database)
    keys = CountKeyStore(settings.count_key_store, settings.count_master_file)
    try:
        with database.writing() as session:
            initiative = _make_initiative(session, languages)
            if kind == "follow_up":
                _add_wave(session, initiative, instrument, languages, "baseline")
            wave_id = _add_wave(session, initiative, instrument, languages, kind)
            agency_id = initiative.agency_id
            collector = create_collector(session, agency_id, wave_id, label=NAME)
            open_wave(
                session,
                keys,
                agency_id,
                wave_id,
                accept_default_plan=True,
                draft_decision="A preview, to read the drafts in",
            )
            keys.destroy(wave_id)
            return f"/s/{collector.public_id}"
    finally:
        database.dispose()


def _make_initiative(session: Session, languages: Sequence[str]) -> Initiative:
    initiative = create_initiative(
        session,
        create_agency(session, NAME).agency_id,
        title=dict.fromkeys(languages, TITLE),
        police_name=dict.fromkeys(languages, POLICE),
        notice={},
        is_simulated=True,
    )
    for area in AREAS:
        name = dict.fromkeys(languages, area)
        add_area(session, initiative.agency_id, initiative.id, name=name, role="initiative")
    return initiative


def _add_wave(
    session: Session,
    initiative: Initiative,
    instrument: Instrument,
    languages: Sequence[str],
    kind: WaveKind,
) -> str:
    wave = create_wave(
        session,
        initiative.agency_id,
        initiative.id,
        kind=kind,
        label=dict.fromkeys(languages, NAME),
        languages=languages,
        instrument=instrument,
    )
    return wave.id
