"""Two agencies that hold the same things, and somebody of every role in one of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy.orm import Session

from app import clock
from app.accounts.api_tokens import SCOPES
from app.accounts.roles import ROLES, Role
from app.accounts.tables import ApiToken, SignIn, Staff
from app.collectors.service import CodedRecruitment, create_collector
from app.collectors.store import add_codes
from app.collectors.tables import Collector
from app.db import Database
from app.initiatives.tables import Wave
from app.instruments.service import keep_version
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import new_id
from app.privacy.staff.tokens import (
    new_api_token,
    new_staff_token,
    read_api_token,
    read_staff_token,
)
from app.reports.tables import Report
from app.responses.texts.tables import Quote
from tests.factories import (
    core_trust,
    make_agency,
    make_areas,
    make_initiative,
    make_wave,
)

DOCUMENTS: Final = Path(__file__).parents[2] / "golden" / "documents"


@dataclass(frozen=True)
class Things:
    """What the places in addresses stand for."""

    agency_id: str
    initiative_id: str
    wave_id: str
    counted_wave_id: str
    collector_id: str
    report_id: str
    staff_id: str
    token_id: str
    content_hash: str
    export_id: str
    area_code: int
    quote_id: str

    def filled(self, path: str) -> str:
        """Raises KeyError where nobody has said what a place stands for."""
        whose = "collector_id" if "/collectors/" in path else "report_id"
        return path.format(
            initiative_id=self.initiative_id,
            wave_id=self.wave_id,
            public_id=self.agency_id + getattr(self, whose),
            staff_id=self.staff_id,
            token_id=self.token_id,
            content_hash=self.content_hash,
            name=self.content_hash,
            export_id=self.export_id,
            file_id=self.export_id,
            code=self.area_code,
            quote_id=self.quote_id,
        )

    def named(self, sent: Any) -> Any:
        """A body whose ids are those of this agency."""
        own = {
            "before_wave_id": self.counted_wave_id,
            "after_wave_id": self.wave_id,
            "subject": self.counted_wave_id,
            "collector": self.agency_id + self.collector_id,
        }
        return sent if sent is None else {key: own.get(key, sent[key]) for key in sent}

    @property
    def query(self) -> dict[str, str]:
        """What addresses name beside their path."""
        return {"before": self.content_hash}

    @property
    def form(self) -> str:
        return f"before={self.counted_wave_id}&after={self.wave_id}"


@dataclass(frozen=True)
class Person:
    """Signed in with a second factor, and with a program that has every scope."""

    cookie: str
    token: str


def make_things(database: Database, keys: CountKeyStore, name: str) -> Things:
    """The questionnaire differs by its version, so that its hash is the agency's own."""
    instrument = core_trust().model_copy(update={"version": 100 + len(name)})
    with database.writing() as session:
        agency = make_agency(session, name)
        initiative = make_initiative(session, agency)
        areas = make_areas(session, initiative)
        keep_version(session, agency.agency_id, instrument, is_own=True)
        wave = make_wave(session, initiative, state="counted", keys=keys, instrument=instrument)
        after = make_wave(session, initiative, kind="follow_up")
        collector = _held_collector(session, after)
        staff = _staff(session, agency.agency_id, "auditor", "bystander")
        token_id, _ = _token(session, staff)
        report = Report(
            agency_id=agency.agency_id,
            id=new_id(),
            before_wave_id=wave.id,
            after_wave_id=after.id,
            computed=(DOCUMENTS / "computed.json").read_text("utf-8"),
            released=(DOCUMENTS / "released.json").read_text("utf-8"),
            audited_with=[],
            created_on=clock.now().date(),
        )
        session.add_all((report, quote := _quote(wave)))
        session.flush()
        return Things(
            agency_id=agency.agency_id,
            initiative_id=initiative.id,
            wave_id=after.id,
            counted_wave_id=wave.id,
            collector_id=collector.id,
            report_id=report.id,
            staff_id=staff.id,
            token_id=token_id,
            content_hash=wave.instrument_hash,
            export_id=new_id(),
            area_code=areas[0].code,
            quote_id=quote.id,
        )


def _held_collector(session: Session, wave: Wave) -> Collector:
    """Nobody can delete it: codes were made, for it or for the other that asks for them."""
    kinds: tuple[CodedRecruitment, ...] = ("single_use_code", "group_code")
    made, _ = (
        create_collector(session, wave.agency_id, wave.id, label=kind, recruitment=kind)
        for kind in kinds
    )
    add_codes(session, wave.agency_id, wave.id, "single", [secrets.token_bytes(16)], 1)
    return made


def _quote(wave: Wave) -> Quote:
    """Agreed on already: whoever approves it again is told so."""
    return Quote(
        agency_id=wave.agency_id,
        id=new_id(),
        wave_id=wave.id,
        question="else_to_say",
        words="They should walk more.",
        state="approved",
        proposed_by=new_id(),
        proposed_on=clock.now().date(),
    )


def make_people(database: Database, agency_id: str) -> dict[Role, Person]:
    with database.writing() as session:
        return {role: _person(session, agency_id, role) for role in ROLES}


def _person(session: Session, agency_id: str, role: Role) -> Person:
    staff = _staff(session, agency_id, role, role)
    cookie, now = new_staff_token(agency_id), clock.now()
    read = read_staff_token(cookie)
    assert read is not None
    session.add(
        SignIn(
            agency_id=agency_id,
            digest=read.digest,
            staff_id=staff.id,
            began_at=now,
            seen_at=now,
            has_second_factor=True,
        )
    )
    return Person(cookie, _token(session, staff)[1])


def _staff(session: Session, agency_id: str, role: Role, name: str) -> Staff:
    staff = Staff(
        agency_id=agency_id,
        id=new_id(),
        email=f"{name}@{agency_id}.example",
        name=name,
        roles=[role],
        is_active=True,
        password_hash="none that fits",
        second_factor=b"sealed",
        second_factor_step=1,
        recovery_codes=[],
        failures=0,
        created_on=clock.now().date(),
    )
    session.add(staff)
    session.flush()
    return staff


def _token(session: Session, staff: Staff) -> tuple[str, str]:
    """With every scope, whatever its owner's role: the role alone must hold it back."""
    token, now = new_api_token(staff.agency_id), clock.now()
    read = read_api_token(token)
    assert read is not None
    row = ApiToken(
        agency_id=staff.agency_id,
        id=new_id(),
        digest=read.digest,
        staff_id=staff.id,
        label="Tests",
        scopes=list(SCOPES),
        made_at=now,
        ends_at=now.replace(year=now.year + 1, day=1),
    )
    session.add(row)
    session.flush()
    return row.id, token
