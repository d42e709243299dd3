"""Agencies, initiatives and waves for tests, made by the same services that staff use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from app.accounts.service import create_agency
from app.accounts.tables import Agency
from app.collectors.service import CollectorMode, create_collector
from app.collectors.tables import Collector
from app.initiatives.fielding import claim_count, close_wave, end_grace, finish_count
from app.initiatives.opening import open_wave
from app.initiatives.service import add_area, create_initiative, create_wave
from app.initiatives.tables import Area, Initiative, Wave
from app.initiatives.wave import WaveKind, WaveState
from app.instruments.load import load_instrument
from app.instruments.model import Instrument
from app.privacy.count_keys import CountKeyStore

SURVEYS: Final = Path(__file__).parent.parent / "surveys"


@cache
def instrument_from(path: Path) -> Instrument:
    return load_instrument(path.read_text(encoding="utf-8"), source=path.name)


def core_trust() -> Instrument:
    return instrument_from(SURVEYS / "core_trust.yaml")


def make_agency(session: Session, name: str = "Riverside Police and Neighbours") -> Agency:
    return create_agency(session, name)


def make_initiative(
    session: Session, agency: Agency | None = None, *, is_simulated: bool = False
) -> Initiative:
    return create_initiative(
        session,
        (agency or make_agency(session)).agency_id,
        title={
            "en": "Walking beats",
            "es": "Rondas a pie",
            "ar": "دوريات راجلة",
            "vi": "Tuần tra đi bộ",
        },
        police_name={
            "en": "Riverside Police",
            "es": "la Policía de Riverside",
            "ar": "شرطة ريفرسايد",
            "vi": "Cảnh sát Riverside",
        },
        notice={},
        is_simulated=is_simulated,
    )


def make_areas(session: Session, initiative: Initiative) -> list[Area]:
    """Two where the beats walk, one to compare with."""
    names = {"North": "initiative", "South": "initiative", "West": "comparison"}
    return [
        add_area(
            session,
            initiative.agency_id,
            initiative.id,
            name=dict.fromkeys(("en", "es", "ar", "vi"), name),
            role=role,
        )
        for name, role in names.items()
    ]


def make_wave(
    session: Session,
    initiative: Initiative | None = None,
    *,
    kind: WaveKind = "baseline",
    state: WaveState = "draft",
    keys: CountKeyStore | None = None,
    instrument: Instrument | None = None,
    languages: Sequence[str] = ("en",),
) -> Wave:
    """A wave that came to its state by the events that lead there; `keys` opens it."""
    initiative = initiative or make_initiative(session)
    wave = create_wave(
        session,
        initiative.agency_id,
        initiative.id,
        kind=kind,
        label={"en": "Before" if kind == "baseline" else "After"},
        languages=languages,
        instrument=instrument or core_trust(),
    )
    if state != "draft":
        assert keys is not None, "a wave is opened with a count key store"
        lead_to(session, wave, state, keys)
    return wave


def lead_to(session: Session, wave: Wave, state: WaveState, keys: CountKeyStore) -> None:
    """Opened, closed and counted without sheets, as far as the state asks."""
    assert state in {"open", "closing", "closed", "counting", "counted"}
    key = (wave.agency_id, wave.id)
    decision = "The board of the tests: no resident reads them"
    open_wave(session, keys, *key, accept_default_plan=True, draft_decision=decision)
    if state == "closing":
        close_wave(session, *key)
    elif state != "open":
        close_wave(session, *key, grace=timedelta(0))
        end_grace(session, *key)
        if state in {"counting", "counted"}:
            claim_count(session, *key)
        if state == "counted":
            finish_count(session, *key, manifest={"rows": 0})
    session.flush()


def make_collector(
    session: Session,
    wave: Wave,
    *,
    label: str = "Poster at the library",
    area_code: int | None = None,
    mode: CollectorMode = "phone_web",
) -> Collector:
    return create_collector(
        session, wave.agency_id, wave.id, label=label, area_code=area_code, mode=mode
    )
