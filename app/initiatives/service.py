"""Initiatives with their areas, plans and waves, as staff set them up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal, TypeVar

from sqlalchemy.orm import Session

from analysis.codebook import canonical_json, content_hash
from app import clock
from app.errors import BadInput, Conflict, NotFound, Phrase
from app.initiatives import store
from app.initiatives.logo import read_logo
from app.initiatives.notice import (
    AGE_KEYS,
    LOGO_KEY,
    MONTHS_KEY,
    UTC,
    checked_notice,
    checked_time_zone,
)
from app.initiatives.planning.revisions import (
    aim_revision_of,
    area_revision_of,
    refuse_changed,
    revision_of,
)
from app.initiatives.tables import Area, Initiative, PlanVersion, Wave
from app.initiatives.wave import WaveKind
from app.instruments.library.age_gate import with_age_gate
from app.instruments.model import Instrument
from app.instruments.service import keep_version, thawed_version
from app.privacy.fingerprints import hash_rows
from app.privacy.identifiers import new_id

Texts = Mapping[str, str]
AreaRole = Literal["initiative", "comparison"]
LONGEST_TEXT: Final = 200
LONGEST_PLAN: Final = 64 * 1024


def create_initiative(
    session: Session,
    agency_id: str,
    *,
    title: Texts,
    police_name: Texts,
    notice: Mapping[str, Any],
    starts_on: date | None = None,
    is_simulated: bool = False,
) -> Initiative:
    """`notice` is what residents are told about who asks, beside the words of the instrument."""
    initiative = Initiative(
        agency_id=agency_id,
        id=new_id(),
        title=_checked("title", title),
        police_name=_checked("police_name", police_name),
        notice=checked_notice(notice),
        starts_on=starts_on,
        time_zone=UTC,
        expected={},
        is_simulated=is_simulated,
        created_on=clock.now().date(),
    )
    store.add(session, initiative)
    return initiative


@dataclass(frozen=True, slots=True)
class Description:
    """The words of an initiative, as its form brings them together."""

    title: Texts
    police_name: Texts
    notice: Mapping[str, Any]
    starts_on: date | None = None
    time_zone: str = UTC


def describe_initiative(
    session: Session,
    agency_id: str,
    initiative_id: str,
    wanted: Description,
    *,
    seen: str | None = None,
) -> Initiative:
    """Write its words anew. Those that stand inside the questions stay once a wave was opened.

    `seen` is the revision that stood when somebody began to write. The logo stays as it is.
    """
    initiative = lock_initiative(session, agency_id, initiative_id)
    refuse_changed("description", seen, revision_of(initiative))
    words = {
        "title": _checked("title", wanted.title),
        "police_name": _checked("police_name", wanted.police_name),
    }
    told = checked_notice(wanted.notice)
    zone = checked_time_zone(wanted.time_zone)
    if _has_opened(store.waves_of(session, agency_id, initiative_id)):
        _refuse_other_questions(initiative, words, told)
    initiative.title, initiative.police_name = words["title"], words["police_name"]
    logo = {key: shown for key, shown in initiative.notice.items() if key == LOGO_KEY}
    initiative.notice = told | logo
    initiative.starts_on = wanted.starts_on
    initiative.time_zone = zone
    return initiative


def _refuse_other_questions(
    initiative: Initiative, words: Mapping[str, dict[str, str]], notice: Mapping[str, Any]
) -> None:
    """A translation may still be added; what residents have read stays as they read it."""
    for name, before in (("title", initiative.title), ("police_name", initiative.police_name)):
        if any(words[name].get(language) != text for language, text in before.items()):
            raise Conflict("initiatives.words_fixed", what=Phrase(f"initiatives.the_{name}"))
    if any(initiative.notice.get(key) != notice.get(key) for key in AGE_KEYS):
        raise Conflict("initiatives.age_fixed")
    promised, months = initiative.notice.get(MONTHS_KEY), notice.get(MONTHS_KEY)
    if promised is not None and (months is None or months > promised):
        raise Conflict("initiatives.months_promised", months=promised)


def keep_logo(
    session: Session, agency_id: str, initiative_id: str, file: bytes, *, seen: str | None = None
) -> None:
    """Shown to residents. Stored is what this program has read and written anew, never the file."""
    initiative = lock_initiative(session, agency_id, initiative_id)
    refuse_changed("description", seen, revision_of(initiative))
    logo = read_logo(file)
    store.put_logo(session, agency_id, initiative_id, logo.picture)
    shown = {"width": logo.width, "height": logo.height, "mark": hash_rows([logo.picture])[:16]}
    initiative.notice = {**initiative.notice, LOGO_KEY: shown}


def remove_logo(session: Session, agency_id: str, initiative_id: str) -> None:
    initiative = lock_initiative(session, agency_id, initiative_id)
    store.remove_logo(session, agency_id, initiative_id)
    initiative.notice = {key: v for key, v in initiative.notice.items() if key != LOGO_KEY}


def expect_answers(
    session: Session,
    agency_id: str,
    initiative_id: str,
    expected: Mapping[str, Any],
    *,
    seen: str | None = None,
) -> None:
    """Keep how many answers are aimed at, by wave kind and area, with what the planner assumed."""
    initiative = lock_initiative(session, agency_id, initiative_id)
    if initiative.expected != expected:
        refuse_changed("numbers", seen, aim_revision_of(initiative))
    initiative.expected = dict(expected)


def find_logo(session: Session, agency_id: str, initiative_id: str) -> bytes | None:
    return store.find_logo(session, agency_id, initiative_id)


def add_area(
    session: Session, agency_id: str, initiative_id: str, *, name: Texts, role: AreaRole
) -> Area:
    """Areas get the codes 1, 2, 3 ... in the order in which they are added."""
    lock_initiative(session, agency_id, initiative_id)
    waves = store.waves_of(session, agency_id, initiative_id)
    if _has_opened(waves):
        raise Conflict("initiatives.areas_fixed")
    areas = store.areas_of(session, agency_id, initiative_id)
    wanted = _checked("area_name", name)
    _refuse_known_name(wanted, areas)
    area = Area(
        agency_id=agency_id,
        id=new_id(),
        initiative_id=initiative_id,
        code=1 + max((area.code for area in areas), default=0),
        name=wanted,
        role=role,
    )
    store.add(session, area)
    return area


def change_area(
    session: Session,
    agency_id: str,
    initiative_id: str,
    code: int,
    *,
    name: Texts,
    role: AreaRole,
    seen: str | None = None,
) -> Area:
    """Name it anew. Once a wave was opened, a translation may still be added and nothing else."""
    lock_initiative(session, agency_id, initiative_id)
    areas = store.areas_of(session, agency_id, initiative_id)
    area = next((each for each in areas if each.code == code), None)
    if area is None:
        raise NotFound("initiatives.no_area")
    wanted = _checked("area_name", name)
    if (wanted, role) != (area.name, area.role):
        refuse_changed("area", seen, area_revision_of(area))
    is_same = role == area.role and all(wanted.get(tag) == text for tag, text in area.name.items())
    if not is_same and _has_opened(store.waves_of(session, agency_id, initiative_id)):
        raise Conflict("initiatives.area_fixed")
    _refuse_known_name(wanted, [each for each in areas if each is not area])
    area.name, area.role = wanted, role
    return area


def lock_plan(
    session: Session,
    agency_id: str,
    initiative_id: str,
    document: Mapping[str, Any],
    *,
    seen: int | None = None,
) -> PlanVersion:
    """Keep what will be tested, with its hash and moment. An equal plan makes no new version.

    `seen` is the newest version that stood when somebody began to write, 0 where there was none.
    """
    lock_initiative(session, agency_id, initiative_id)
    if len(canonical_json(document).encode()) > LONGEST_PLAN:
        raise BadInput("plans.long", most=LONGEST_PLAN // 1024)
    plan_hash = content_hash(document)
    newest = store.newest_plan(session, agency_id, initiative_id)
    if newest is not None and newest.content_hash == plan_hash:
        return newest
    last = 0 if newest is None else newest.version
    refuse_changed("plan", None if seen is None else str(seen), str(last))
    plan = PlanVersion(
        agency_id=agency_id,
        initiative_id=initiative_id,
        version=1 + last,
        document=dict(document),
        content_hash=plan_hash,
        locked_at=clock.now(),
    )
    store.add(session, plan)
    return plan


def is_changed_after_data(plan: PlanVersion, waves: Sequence[Wave]) -> bool:
    """True when an after wave was already open: what came in may have suggested the change.

    A plan locked at the very moment of opening counts as locked before.
    """
    return any(
        wave.kind == "follow_up" and wave.opened_at is not None and plan.locked_at > wave.opened_at
        for wave in waves
    )


def create_wave(
    session: Session,
    agency_id: str,
    initiative_id: str,
    *,
    kind: WaveKind,
    label: Texts,
    languages: Sequence[str],
    instrument: Instrument,
) -> Wave:
    """A draft that asks the instrument as it is now: later edits of the file do not reach it."""
    initiative = lock_initiative(session, agency_id, initiative_id)
    waves = store.waves_of(session, agency_id, initiative_id)
    refuse_erased(waves)
    _refuse_out_of_order(kind, waves)
    _refuse_foreign_languages(languages, instrument)
    if initiative.notice.get("asks_age"):
        instrument = with_age_gate(instrument, initiative.notice["youngest"])
    wave = Wave(
        agency_id=agency_id,
        id=new_id(),
        initiative_id=initiative_id,
        position=1 + max((wave.position for wave in waves), default=0),
        kind=kind,
        label=_checked("wave_label", label),
        state="draft",
        instrument_hash=keep_version(session, agency_id, instrument),
        languages=list(dict.fromkeys(languages)),
        key_state="none",
    )
    store.add(session, wave)
    return wave


def refuse_erased(waves: Sequence[Wave]) -> None:
    if any(wave.state == "erased" for wave in waves):
        raise Conflict("initiatives.erased")


def _has_opened(waves: Sequence[Wave]) -> bool:
    return any(wave.state != "draft" for wave in waves)


def get_initiative(session: Session, agency_id: str, initiative_id: str) -> Initiative:
    return _known(store.find_initiative(session, agency_id, initiative_id), "initiatives.none")


def get_wave(session: Session, agency_id: str, wave_id: str) -> Wave:
    return _known(store.find_wave(session, agency_id, wave_id), "waves.none")


def list_initiatives(session: Session, agency_id: str) -> Sequence[Initiative]:
    """The newest first."""
    return store.initiatives_of(session, agency_id)


def list_waves(session: Session, agency_id: str, initiative_id: str) -> Sequence[Wave]:
    """In the order of their fielding."""
    return store.waves_of(session, agency_id, initiative_id)


def draft_languages(session: Session, wave: Wave) -> list[str]:
    """Those of the wave's languages whose translation nobody has reviewed."""
    known = thawed_version(session, wave.agency_id, wave.instrument_hash).languages
    return [language for language in wave.languages if known[language].status == "draft"]


def list_areas(session: Session, agency_id: str, initiative_id: str) -> Sequence[Area]:
    return store.areas_of(session, agency_id, initiative_id)


def list_plans(session: Session, agency_id: str, initiative_id: str) -> Sequence[PlanVersion]:
    return store.plans_of(session, agency_id, initiative_id)


def lock_initiative(session: Session, agency_id: str, initiative_id: str) -> Initiative:
    """Whoever changes it or what hangs on it waits until this transaction ends."""
    return _known(store.lock_initiative(session, agency_id, initiative_id), "initiatives.none")


_Thing = TypeVar("_Thing", Initiative, Wave)


def _known(thing: _Thing | None, unknown: str) -> _Thing:
    if thing is None:
        raise NotFound(unknown)
    return thing


def _checked(what: str, texts: Texts) -> dict[str, str]:
    stripped = {language: text.strip() for language, text in texts.items()}
    if not stripped:
        raise BadInput("initiatives.text_missing", what=Phrase(f"initiatives.the_{what}"))
    for language, text in stripped.items():
        if not 0 < len(text) <= LONGEST_TEXT:
            raise BadInput(
                "initiatives.text_length",
                what=Phrase(f"initiatives.the_{what}"),
                most=LONGEST_TEXT,
                language=language,
                length=len(text),
            )
    return stripped


def _refuse_known_name(wanted: Texts, others: Sequence[Area]) -> None:
    """Of two areas of one name nobody could choose, whatever the capitals."""
    for other in others:
        for language, name in wanted.items():
            if other.name.get(language, "").casefold() == name.casefold():
                raise Conflict("initiatives.area_known", name=name, code=other.code)


def _refuse_out_of_order(kind: WaveKind, waves: Sequence[Wave]) -> None:
    kinds = {wave.kind for wave in waves}
    if kind == "follow_up" and "baseline" not in kinds:
        raise Conflict("waves.no_baseline")
    if kind == "baseline" and "follow_up" in kinds:
        raise Conflict("waves.baseline_first")


def _refuse_foreign_languages(languages: Sequence[str], instrument: Instrument) -> None:
    known = ", ".join(instrument.languages)
    if not languages:
        raise BadInput("waves.choose_language", known=known)
    for language in languages:
        if language not in instrument.languages:
            raise BadInput(
                "waves.no_texts_in", questionnaire=instrument.id, language=language, known=known
            )
