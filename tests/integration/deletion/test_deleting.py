"""What was set up by mistake is deleted whole; what somebody may have met stays."""

from __future__ import annotations

import threading
from base64 import b64decode
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.tables import Agency
from app.api.shapes.initiatives import NewLogo
from app.collectors.cards import Batch, make_cards
from app.collectors.service import CodedRecruitment, create_collector
from app.collectors.tables import Collector
from app.db import Database
from app.deletion.held import StillHeld
from app.deletion.keys import forget_keys
from app.deletion.service import (
    delete_area,
    delete_initiative,
    delete_instrument,
    delete_wave,
    delete_way_in,
    deletion_of_initiative,
)
from app.errors import NotFound
from app.exports.service import Asker, Wanted, ask_for
from app.initiatives.fielding import FORGET_JOB, request_opening
from app.initiatives.linking import link_key_name
from app.initiatives.planning.drafts import save_draft
from app.initiatives.service import expect_answers, get_initiative, keep_logo, lock_plan
from app.initiatives.tables import Custody, Initiative, Wave
from app.instruments.library import library
from app.instruments.service import keep_version, thawed_version
from app.privacy.codes import CodeTags
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import new_id
from app.privacy.web_keys import WebKeyStore
from app.responses.pages.spent_keys import destroy_spent_keys
from app.schema import metadata
from tests.factories import core_trust, make_areas, make_collector, make_initiative, make_wave

SITE: Final = "https://rapport.example"
DECISION: Final = "The board of the tests"


@pytest.fixture
def web_keys(tmp_path: Path) -> WebKeyStore:
    return WebKeyStore(tmp_path / "web-keys", tmp_path / "web-secrets" / "master")


def rows_of(database: Database, agency_id: str) -> set[str]:
    """Every row of the agency, but what tells the stores to forget a key."""
    with database.acting_as("rapport_operator").reading() as session:
        return {
            f"{table.name}: {tuple(row)!r}"
            for table in metadata.sorted_tables
            if "agency_id" in table.columns
            for row in session.execute(select(table).where(table.c.agency_id == agency_id))
            if FORGET_JOB not in tuple(row)
        }


def cards(session: Session, keys: WebKeyStore, collector: Collector) -> None:
    make_cards(session, CodeTags(keys), collector, Batch(3, tests=1), base_url=SITE)


def coded(session: Session, wave: Wave, kind: CodedRecruitment = "single_use_code") -> Collector:
    return create_collector(session, wave.agency_id, wave.id, label="Cards", recruitment=kind)


def furnish(session: Session, web_keys: WebKeyStore, initiative: Initiative) -> Wave:
    """All that can hang on an initiative before anybody was asked."""
    key = initiative.agency_id, initiative.id
    make_areas(session, initiative)
    wave = make_wave(session, initiative)
    make_collector(session, wave, area_code=1)
    cards(session, web_keys, coded(session, wave))
    poster = make_collector(session, wave)
    ask_for(
        session, web_keys, Asker(key[0], new_id(), key[1]), Wanted("poster_a4", poster.id, "en")
    )
    request_opening(session, key[0], wave.id, draft_decision=DECISION)
    make_wave(session, initiative, kind="follow_up")
    lock_plan(session, *key, {"primary": ["trust"]})
    save_draft(session, *key, new_id(), {"primary": ["trust"]}, revision=0)
    [logo] = NewLogo.model_json_schema()["examples"]
    keep_logo(session, *key, b64decode(logo["png"]))
    expect_answers(session, *key, {"before": {"1": 9}})
    unarmed = {"public_key": b"p" * 32, "statement_key": b"s" * 32, "challenge": b"c"}
    session.add(
        Custody(
            agency_id=key[0], wave_id=wave.id, holder="Partner", answers={}, confirmed=[], **unarmed
        )
    )
    session.flush()
    return wave


def test_an_initiative_nobody_was_asked_in_goes_with_all_that_hangs_on_it(
    database: Database, web_keys: WebKeyStore
) -> None:
    with database.writing() as session:
        kept = make_initiative(session)
        make_wave(session, kept)
        keep_version(session, kept.agency_id, core_trust().model_copy(update={"version": 9}))
    before = rows_of(database, kept.agency_id)
    with database.writing() as session:
        initiative = make_initiative(session, session.get_one(Agency, kept.agency_id))
        furnish(session, web_keys, initiative)
    assert len(rows_of(database, kept.agency_id)) > len(before) + 15
    with database.writing() as session:
        told = deletion_of_initiative(session, kept.agency_id, initiative.id)
        delete_initiative(session, kept.agency_id, initiative.id)
    assert {part.kind: part.number for part in told.parts} == {
        "waves": 2,
        "ways_in": 3,
        "codes": 4,
        "areas": 3,
        "plans": 1,
    }
    assert rows_of(database, kept.agency_id) == before


def test_a_draft_wave_goes_with_its_ways_in_and_its_keys(
    database: Database, web_keys: WebKeyStore, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        agency_id = initiative.agency_id
    before = rows_of(database, agency_id)
    with database.writing() as session:
        wave = make_wave(session, initiative)
        cards(session, web_keys, coded(session, wave))
    names = wave.id, link_key_name(wave.id)
    for name in names:
        count_keys.make_keys(name)  # as an opening leaves them that was killed
    assert wave.id in web_keys.waves()
    destroy_spent_keys(database, web_keys)
    forget_keys(database, count_keys, agency_id, wave.id)
    assert wave.id in web_keys.waves(), "the wave still stands"
    assert count_keys.holds(wave.id), "the wave still stands"
    with database.writing() as session:
        delete_wave(session, agency_id, wave.id)
    assert rows_of(database, agency_id) == before
    destroy_spent_keys(database, web_keys)
    forget_keys(database, count_keys, agency_id, wave.id)
    assert wave.id not in web_keys.waves()
    assert not any(count_keys.holds(name) for name in names)
    with database.reading() as session, pytest.raises(NotFound):
        thawed_version(session, agency_id, wave.instrument_hash)


def test_what_somebody_was_asked_in_stays_and_the_refusal_says_why(
    database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        agency_id = initiative.agency_id
        make_areas(session, initiative)
        wave = make_wave(session, initiative, state="open", keys=count_keys)
        collector = make_collector(session, wave)
        later = make_wave(session, initiative, kind="follow_up")
    before = rows_of(database, agency_id)
    with database.writing() as session:
        for refused, why in (
            (lambda: delete_initiative(session, agency_id, initiative.id), "asked in “Before”"),
            (lambda: delete_area(session, agency_id, initiative.id, 1), "chose among the areas"),
            (lambda: delete_wave(session, agency_id, wave.id), "“Before” was opened"),
            (lambda: delete_way_in(session, agency_id, collector.id), "not even by a refusal"),
        ):
            with pytest.raises(StillHeld, match=why):
                refused()
    assert rows_of(database, agency_id) == before
    with database.writing() as session:
        delete_wave(session, agency_id, later.id)


def test_a_before_wave_stays_while_an_after_wave_waits_for_it(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        baseline = make_wave(session, initiative)
        follow_up = make_wave(session, initiative, kind="follow_up")
        with pytest.raises(StillHeld, match="compared with it: “After”"):
            delete_wave(session, initiative.agency_id, baseline.id)
        for wave in (follow_up, baseline):
            delete_wave(session, initiative.agency_id, wave.id)


NAMED: Final[tuple[dict[str, Any], ...]] = (
    {"exclusions": {"district": [2]}},
    {"comparison_areas": {"area": [2]}},
    {"weighting": {"margins": {"district": {"North": 60, "West": 40}}}},
    {"weighting": {"margins": "variable,level,percent\ndistrict,North,60"}},
)


def place_of() -> str:
    [place] = [question.id for question in core_trust().questions if question.names_place]
    return place


def test_an_area_goes_when_no_way_in_and_no_plan_names_it(database: Database) -> None:
    place = place_of()
    with database.writing() as session:
        initiative = make_initiative(session)
        key = initiative.agency_id, initiative.id
        make_areas(session, initiative)
        wave = make_wave(session, initiative)
        collector = make_collector(session, wave, label="Mill Street", area_code=2)
        with pytest.raises(StillHeld, match="belong to this area: “Mill Street”"):
            delete_area(session, *key, 2)
        delete_way_in(session, key[0], collector.id)
        for document in NAMED:
            plan = {name: _placed(part, place) for name, part in document.items()}
            lock_plan(session, *key, plan)
            with pytest.raises(StillHeld, match="The plan names this area"):
                delete_area(session, *key, 2)
        lock_plan(session, *key, {"exclusions": {place: [1]}})
        expect_answers(session, *key, {"before": {"1": 90, "2": 80}, "after": {}, "deff": 1.5})
        for fields, revision in (
            ({f"exclude.{place}": ["2"]}, 0),
            ({"margins": [f"{place};N"]}, 1),
        ):
            save_draft(session, *key, new_id(), fields, revision=revision)
            with pytest.raises(StillHeld, match="The plan names this area"):
                delete_area(session, *key, 2)
        save_draft(session, *key, new_id(), {"margins": ["gender,Woman,50"]}, revision=2)
        delete_area(session, *key, 2)
        with pytest.raises(NotFound):
            delete_area(session, *key, 2)
    with database.reading() as session:
        expected = get_initiative(session, *key).expected
    assert expected == {"before": {"1": 90}, "after": {}, "deff": 1.5}


def _placed(part: dict[str, Any], place: str) -> dict[str, Any]:
    """The same with the questionnaire's own word for the area."""
    if "margins" in part and isinstance(part["margins"], str):
        return {"margins": part["margins"].replace("district", place)}
    if "margins" in part:
        return {"margins": {place: part["margins"]["district"]}}
    return {place if name == "district" else name: codes for name, codes in part.items()}


def test_codes_go_with_the_one_way_in_that_asks_for_them(
    database: Database, web_keys: WebKeyStore
) -> None:
    with database.writing() as session:
        wave = make_wave(session)
        agency_id = wave.agency_id
    before = rows_of(database, agency_id)
    with database.writing() as session:
        first, second = coded(session, wave), coded(session, wave, "group_code")
        cards(session, web_keys, first)
        with pytest.raises(StillHeld, match="which way in they belong to"):
            delete_way_in(session, agency_id, second.id)
    with database.writing() as session:
        session.delete(session.get_one(Collector, (agency_id, second.id)))
    with database.writing() as session:
        delete_way_in(session, agency_id, first.id)
    assert rows_of(database, agency_id) == before


def test_a_version_of_ones_own_goes_until_a_wave_asks_it(database: Database) -> None:
    own = core_trust().model_copy(update={"version": 9})
    with database.writing() as session:
        initiative = make_initiative(session)
        agency_id = initiative.agency_id
        content_hash = keep_version(session, agency_id, own, is_own=True)
        wave = make_wave(session, initiative, instrument=own)
        assert wave.instrument_hash == content_hash
        with pytest.raises(StillHeld, match="These waves ask it: “Before”"):
            delete_instrument(session, agency_id, content_hash)
        delete_wave(session, agency_id, wave.id)
        assert content_hash in {each.content_hash for each in library(session, agency_id)}
        delete_instrument(session, agency_id, content_hash)
        assert content_hash not in {each.content_hash for each in library(session, agency_id)}
        shipped = next(each for each in library(session, agency_id) if each.is_shipped)
        with pytest.raises(StillHeld, match="comes with Rapport"):
            delete_instrument(session, agency_id, shipped.content_hash)


def test_of_two_who_add_and_delete_at_once_neither_leaves_an_orphan(database: Database) -> None:
    with database.writing() as session:
        initiative = make_initiative(session)
        agency_id = initiative.agency_id
    before = rows_of(database, agency_id)
    with database.writing() as session:
        wave = make_wave(session, initiative)
    problems: list[BaseException] = []
    together = threading.Barrier(3)

    def add() -> None:
        together.wait()
        try:
            with database.writing() as session:
                make_collector(session, wave)
        except NotFound:
            pass
        except BaseException as exc:  # noqa: BLE001 - told to the test
            problems.append(exc)

    adders = [threading.Thread(target=add) for _ in range(2)]
    for each in adders:
        each.start()
    together.wait()
    with database.writing() as session:
        delete_wave(session, agency_id, wave.id)
    for each in adders:
        each.join()
    assert problems == []
    assert rows_of(database, agency_id) == before
