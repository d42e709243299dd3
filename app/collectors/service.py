"""Collectors: the ways in to a wave, and all that a resident's page must know of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, Literal, cast, get_args

from sqlalchemy.orm import Session

from app import clock
from app.collectors import store
from app.collectors.tables import Collector
from app.errors import BadInput, NotFound
from app.initiatives.fielding import locked_wave
from app.initiatives.service import get_initiative, get_wave, list_areas
from app.initiatives.tables import Initiative, Wave
from app.initiatives.wave import TAKES_SHEETS, WaveKind, WaveState
from app.instruments.model import Instrument
from app.instruments.service import thawed_version
from app.privacy.identifiers import AGENCY_KEY_LENGTH, CROCKFORD, PUBLIC_ID_LENGTH, new_id
from app.questions.contract import AreaChoice
from app.tenancy import enter_agency

CodedRecruitment = Literal["group_code", "single_use_code"]
Recruitment = Literal["open", "staff_entered"] | CodedRecruitment

LONGEST_LABEL: Final = 200
ROOM_OF_A_TAG: Final = 35  # 32 digits, quotes and comma
FRAME_ROOM: Final = 192  # of a sheet without answers, words and tags
_CODED: Final = frozenset(get_args(CodedRecruitment))
CollectorMode = Literal["phone_web", "kiosk", "paper"]
MARK_LENGTH: Final = 4
MODES: Final[tuple[CollectorMode, ...]] = get_args(CollectorMode)
_PUBLIC_ID: Final = re.compile(rf"[{CROCKFORD}]{{{PUBLIC_ID_LENGTH}}}")


@dataclass(frozen=True, slots=True)
class InitiativeFacts:
    """Who asks, in their own words."""

    title: Mapping[str, str]
    police_name: Mapping[str, str]
    notice: Mapping[str, Any]
    is_simulated: bool
    public_path: str
    public_id: str = ""
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class FieldedCollector:
    """A collector with its wave, its frozen instrument and its initiative."""

    agency_id: str
    initiative_id: str
    collector_id: str
    public_id: str
    mode: CollectorMode
    recruitment: Recruitment
    area_code: int | None
    wave_id: str
    wave_state: WaveState
    wave_kind: WaveKind
    wave_label: Mapping[str, str]
    languages: tuple[str, ...]
    public_key: bytes | None
    instrument: Instrument
    instrument_hash: str
    initiative: InitiativeFacts
    areas: tuple[AreaChoice, ...]
    language: str | None = None
    is_stopped: bool = False

    @property
    def asks_people(self) -> bool:
        return self.wave_state == "open" and not self.is_stopped

    @property
    def takes_sheets(self) -> bool:
        return self.wave_state in TAKES_SHEETS and not self.is_stopped

    @property
    def sheet_room(self) -> int:
        """The longest that a sheet of this wave can be: all are sealed at this length."""
        elements = len(self.instrument.code_elements(self.wave_kind))
        tags = (elements + 1) * ROOM_OF_A_TAG if elements else 0
        return FRAME_ROOM + self.instrument.most_bytes(self.wave_kind) + tags

    @property
    def is_entered_by_staff(self) -> bool:
        return self.mode == "paper"

    @property
    def is_shared_screen(self) -> bool:
        return self.mode == "kiosk"

    @property
    def path(self) -> str:
        return path_of(self.mode, self.public_id, self.language)

    @property
    def asks_code(self) -> bool:
        return self.recruitment in _CODED


@dataclass(frozen=True, slots=True)
class CollectorLine:
    """A way in as a list shows it."""

    public_id: str
    mode: CollectorMode
    recruitment: Recruitment
    label: str
    area_code: int | None
    language: str | None
    path: str
    stopped_on: date | None = None

    @property
    def collector_id(self) -> str:
        return self.public_id[AGENCY_KEY_LENGTH:]

    @property
    def has_poster(self) -> bool:
        """No poster can tell a code, and none leads to a tablet, or to where nobody is asked."""
        is_link = self.mode == "phone_web" and self.recruitment == "open"
        return is_link and self.stopped_on is None


@dataclass(frozen=True, slots=True)
class WaveLine:
    """A wave that takes sheets, or will, with its ways in."""

    public_id: str
    title: Mapping[str, str]
    label: Mapping[str, str]
    state: str
    collectors: tuple[CollectorLine, ...]


def create_collector(
    session: Session,
    agency_id: str,
    wave_id: str,
    *,
    label: str,
    area_code: int | None = None,
    mode: CollectorMode = "phone_web",
    recruitment: CodedRecruitment | None = None,
) -> Collector:
    """A way in. With an area, it hangs in that place and its page does not ask for it."""
    wave = locked_wave(session, agency_id, wave_id)
    label = label.strip()
    if not 0 < len(label) <= LONGEST_LABEL:
        raise BadInput("collectors.label", most=LONGEST_LABEL)
    if mode == "paper" and recruitment is not None:
        raise BadInput("collectors.paper_codes")
    codes = [area.code for area in list_areas(session, agency_id, wave.initiative_id)]
    if area_code is not None and area_code not in codes:
        known = ", ".join(map(str, codes)) or "none"
        raise BadInput("collectors.no_area", area=area_code, known=known)
    collector = Collector(
        agency_id=agency_id,
        id=new_id(),
        wave_id=wave_id,
        label=label,
        mode=mode,
        recruitment=recruitment or ("staff_entered" if mode == "paper" else "open"),
        area_code=area_code,
        created_on=clock.now().date(),
    )
    store.add_collector(session, collector)
    return collector


def open_in_language(session: Session, collector: Collector, language: str) -> None:
    """Its page opens in this language; the others can still be chosen there."""
    wave = get_wave(session, collector.agency_id, collector.wave_id)
    if language not in wave.languages:
        raise BadInput("waves.no_language", known=list(wave.languages))
    collector.language = language


def split_public_id(public_id: str) -> tuple[str, str]:
    """Agency and own id of a collector or a wave."""
    if not _PUBLIC_ID.fullmatch(public_id):
        raise BadInput("collectors.no_id", id=public_id, length=PUBLIC_ID_LENGTH)
    return public_id[:AGENCY_KEY_LENGTH], public_id[AGENCY_KEY_LENGTH:]


def get_collector(session: Session, public_id: str) -> Collector:
    """For staff: the collector alone, whatever the state of its wave."""
    return _found(session, public_id)[0]


def own_collector(session: Session, agency_id: str, public_id: str) -> Collector:
    """Another agency's collector is not there."""
    if not public_id.startswith(agency_id):
        raise NotFound("collectors.none")
    return get_collector(session, public_id)


def load_collector(session: Session, public_id: str) -> FieldedCollector:
    collector, wave, initiative = _found(session, public_id)
    return _fielded(session, collector, wave, initiative)


def rehearsal_of(session: Session, agency_id: str, wave_id: str) -> FieldedCollector:
    """A way in that is none: staff try the page of a wave through it, and nothing is ever kept."""
    wave = get_wave(session, agency_id, wave_id)
    collector = Collector(
        agency_id=agency_id, id=wave.id, wave_id=wave.id, mode="phone_web", recruitment="open"
    )
    return _fielded(
        session, collector, wave, get_initiative(session, agency_id, wave.initiative_id)
    )


def _fielded(
    session: Session, collector: Collector, wave: Wave, initiative: Initiative
) -> FieldedCollector:
    areas = list_areas(session, wave.agency_id, wave.initiative_id)
    return FieldedCollector(
        agency_id=collector.agency_id,
        initiative_id=wave.initiative_id,
        collector_id=collector.id,
        public_id=collector.public_id,
        mode=cast("CollectorMode", collector.mode),
        recruitment=cast("Recruitment", collector.recruitment),
        area_code=collector.area_code,
        wave_id=wave.id,
        wave_state=cast("WaveState", wave.state),
        wave_kind=cast("WaveKind", wave.kind),
        wave_label=wave.label,
        languages=tuple(wave.languages),
        public_key=wave.public_key,
        instrument=thawed_version(session, wave.agency_id, wave.instrument_hash),
        instrument_hash=wave.instrument_hash,
        initiative=initiative_facts(initiative),
        areas=tuple(AreaChoice(area.code, area.name) for area in areas),
        language=collector.language,
        is_stopped=collector.stopped_on is not None,
    )


def list_collectors(session: Session) -> list[WaveLine]:
    """The waves that are not over, each with its ways in."""
    found: dict[str, WaveLine] = {}
    for wave, initiative, collector in store.waves_with_collectors(session):
        public_id = wave.agency_id + wave.id
        line = found.setdefault(
            public_id, WaveLine(public_id, initiative.title, wave.label, wave.state, ())
        )
        if collector is not None:
            known = (*line.collectors, line_of(collector))
            found[public_id] = replace(line, collectors=known)
    return list(found.values())


def collectors_of_wave(session: Session, agency_id: str, wave_id: str) -> list[CollectorLine]:
    return [line_of(found) for found in store.collectors_of(session, agency_id, wave_id)]


def line_of(collector: Collector) -> CollectorLine:
    mode = cast("CollectorMode", collector.mode)
    return CollectorLine(
        public_id=collector.public_id,
        mode=mode,
        recruitment=cast("Recruitment", collector.recruitment),
        label=collector.label,
        area_code=collector.area_code,
        language=collector.language,
        path=path_of(mode, collector.public_id, collector.language),
        stopped_on=collector.stopped_on,
    )


def path_of(mode: CollectorMode, public_id: str, language: str | None = None) -> str:
    """Where residents answer; for paper, where staff enter what residents wrote."""
    if mode == "paper":
        return f"/entry/{public_id}"
    return f"/s/{public_id}" + (f"?lang={language}" if language else "")


def sheet_mark(collector: FieldedCollector, language: str) -> str:
    """Printed on every page of paper: the end of the collector's id, and the language."""
    return f"{collector.collector_id[-MARK_LENGTH:]}-{language}".upper()


def _found(session: Session, public_id: str) -> tuple[Collector, Wave, Initiative]:
    found = None
    if _PUBLIC_ID.fullmatch(public_id):
        agency_id, collector_id = split_public_id(public_id)
        enter_agency(session, agency_id)
        found = store.find_with_wave(session, agency_id, collector_id)
    if found is None:
        raise NotFound("collectors.nothing_here")
    return found


def initiative_facts(initiative: Initiative) -> InitiativeFacts:
    return InitiativeFacts(
        title=initiative.title,
        police_name=initiative.police_name,
        notice=initiative.notice,
        is_simulated=initiative.is_simulated,
        public_id=initiative.agency_id + initiative.id,
        public_path=initiative.public_path,
        time_zone=initiative.time_zone,
    )
