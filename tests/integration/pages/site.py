"""A site over the database of the test, and waves to visit on it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypedDict, Unpack

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from app.collectors.service import CollectorMode, path_of
from app.db import Database
from app.initiatives.service import create_initiative
from app.initiatives.tables import Initiative, Wave
from app.initiatives.wave import WaveKind, WaveState
from app.instruments.model import Instrument
from app.privacy.count_keys import CountKeyStore
from app.privacy.seal import open_sealed
from app.responses.tables import intake
from app.web.forms import FORM_TYPE
from tests.factories import make_agency, make_areas, make_collector, make_wave
from tests.integration.pages.reading import PostedForm, ReadPage

NOTICE: Final = {
    "run_by": {
        "en": "Riverside Neighbours",
        "es": "Vecinos de Riverside",
        "ar": "جيران ريفرسايد",
        "vi": "Hàng xóm Riverside",
    },
    "paid_by": {
        "en": "City of Riverside",
        "es": "Ciudad de Riverside",
        "ar": "مدينة ريفرسايد",
        "vi": "Thành phố Riverside",
    },
    "contact": "+1 555 0100",
    "complaint": {
        "en": "Ombuds Office",
        "es": "Defensoría",
        "ar": "مكتب المظالم",
        "vi": "Văn phòng khiếu nại",
    },
    "retention": {"en": "24 months", "es": "24 meses", "ar": "24 شهرًا", "vi": "24 tháng"},
    "result_where": {
        "en": "at the library",
        "es": "en la biblioteca",
        "ar": "في المكتبة",
        "vi": "tại thư viện",
    },
}


@dataclass(frozen=True)
class Fielded:
    """A wave with its way in."""

    path: str
    agency_id: str
    wave_id: str
    public_key: bytes | None


class Wish(TypedDict, total=False):
    """What a test wants to be different from the usual wave."""

    state: WaveState
    kind: WaveKind
    languages: Sequence[str]
    notice: Mapping[str, Any]
    is_simulated: bool
    area_code: int | None
    instrument: Instrument
    mode: CollectorMode


def field(database: Database, keys: CountKeyStore, **wish: Unpack[Wish]) -> Fielded:
    with database.writing() as session:
        initiative = create_initiative(
            session,
            make_agency(session).agency_id,
            title={
                "en": "Walking beats",
                "es": "Rondas a pie",
                "ar": "دوريات راجلة",
                "vi": "Tuần tra đi bộ",
            },
            police_name={
                "en": "Riverside Police",
                "es": "la Policía",
                "ar": "الشرطة",
                "vi": "Cảnh sát Riverside",
            },
            notice=wish.get("notice", NOTICE),
            is_simulated=wish.get("is_simulated", False),
        )
        make_areas(session, initiative)
        kind = wish.get("kind", "baseline")
        if kind == "follow_up":
            make_wave(session, initiative)
        wave = make_wave(
            session,
            initiative,
            kind=kind,
            state=wish.get("state", "open"),
            keys=keys,
            languages=wish.get("languages", ("en", "es", "ar", "vi")),
            instrument=wish.get("instrument"),
        )
        mode = wish.get("mode", "phone_web")
        collector = make_collector(session, wave, area_code=wish.get("area_code"), mode=mode)
        path = path_of(mode, collector.public_id)
        return Fielded(path, wave.agency_id, wave.id, wave.public_key)


def rename_initiative(database: Database, fielded: Fielded, title: dict[str, str]) -> None:
    with database.writing() as session:
        wave = session.get_one(Wave, (fielded.agency_id, fielded.wave_id))
        session.get_one(Initiative, (fielded.agency_id, wave.initiative_id)).title = title


class Phone:
    """A browser without script, as far as the server can tell."""

    def __init__(self, client: TestClient, fielded: Fielded) -> None:
        self._client = client
        self._path = fielded.path

    def open(self, language: str = "en") -> ReadPage:
        answer = self._client.get(self._path, headers={"accept-language": language})
        assert answer.status_code == 200
        return ReadPage(answer.text)

    def send(
        self, form: PostedForm, answers: Mapping[str, str | list[str]] | None = None
    ) -> Response:
        return self._client.post(
            self._path,
            content=form.with_answers(answers or {}),
            headers={"content-type": FORM_TYPE},
        )


def stored(database: Database, fielded: Fielded) -> list[bytes]:
    with database.reading() as session:
        return list(session.scalars(select(intake.c.ct).where(intake.c.wave_id == fielded.wave_id)))


def opened(database: Database, fielded: Fielded, keys: CountKeyStore) -> list[dict[str, Any]]:
    """What lies in the box, opened as the count will open it."""
    assert fielded.public_key is not None
    private = keys.unlock(fielded.wave_id, fielded.public_key)
    return [
        json.loads(open_sealed(ct, private, fielded.wave_id)) for ct in stored(database, fielded)
    ]
