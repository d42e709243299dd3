"""The same people before and after: linked by a code of which nothing is left."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Conflict
from app.initiatives.service import get_initiative, get_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.linking.tags import LinkTags
from app.reports.gathering import gather_bundle
from app.responses.count import count_wave
from app.responses.pages.spent_keys import destroy_spent_keys
from app.responses.service import linked_people
from app.responses.sheet import Sheet
from tests.attack.attackers import files_below, needles_found
from tests.attack.spellings import spellings_of
from tests.attack.test_linkage import data_files
from tests.factories import instrument_from, lead_to, make_areas, make_initiative, make_wave
from tests.integration.responses.cards import keys_in
from tests.integration.responses.sheets import Wave, fill
from tests.surveys.read import FOLDER

PEOPLE: Final = 30
SAME: Final = 20
KINDS: Final = ("baseline", "follow_up")
Key = tuple[str, str]


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore) -> list[Wave]:
    """Both planned before the first is counted, and open."""
    linked = instrument_from(FOLDER / "linked.yaml")
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        made = [
            make_wave(session, initiative, kind=k, state="open", keys=count_keys, instrument=linked)
            for k in KINDS
        ]
        return [Wave.of(wave) for wave in made]


def initiative_of(database: Database, wave: Wave) -> str:
    with database.reading() as session:
        return get_wave(session, *wave[:2]).initiative_id


def code_of(person: int) -> list[str]:
    return [f"Canary{person}x{element}" for element in range(7)]


def sheets(database: Database, folder: Path, wave: Wave, people: range) -> list[Sheet]:
    links, initiative = LinkTags(keys_in(folder)), initiative_of(database, wave)
    return [
        Sheet(
            *("en", "phone_web", "open", None, 0, {"fair": 1 + person % 5}),
            tags=links.of_code(initiative, code_of(person)),
        )
        for person in people
    ]


def count(database: Database, keys: CountKeyStore, wave: Wave, to: BackupTarget) -> dict[str, int]:
    manifest = count_wave(database, keys, *wave[:2], backups=to).manifest
    return {
        "codes": manifest["linked"]["codes"],
        "pairs": sum(manifest["linked"]["pairs"].values()),
    }


def test_who_answered_twice_is_linked_and_nothing_of_the_code_is_left(
    database: Database,
    waves: list[Wave],
    count_keys: CountKeyStore,
    backups: BackupTarget,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    before, after = waves
    fill(database, before, sheets(database, tmp_path, before, range(PEOPLE)))
    assert count(database, count_keys, before, backups) == {"codes": PEOPLE, "pairs": 0}
    again = range(PEOPLE - SAME, 2 * PEOPLE - SAME)
    fill(database, after, sheets(database, tmp_path, after, again))
    assert count(database, count_keys, after, backups) == {"codes": PEOPLE, "pairs": SAME}
    key = before.agency_id, before.wave_id, after.wave_id
    with database.reading() as session:
        assert len(linked_people(session, key[0], key[1:])) == SAME
        bundle = gather_bundle(session, *key)
    assert bundle.plan is not None
    assert bundle.plan["person_code"] == "paradata.pair"
    told = [dict(_pairs(csv)) for csv in (bundle.responses_before, bundle.responses_after)]
    assert len(told[0]) == len(told[1]) == SAME
    assert told[0] == told[1]  # the same person gave the same answer
    files = [*data_files(database, request), *files_below(tmp_path)]
    for person in (0, PEOPLE - 1):
        needles = [s for element in code_of(person) for s in spellings_of(element)]
        assert needles_found(files, needles) == 0


def _pairs(csv: str) -> list[tuple[str, str]]:
    head, *rows = (line.split(",") for line in csv.splitlines())
    pair, fair = head.index("paradata.pair"), head.index("fair")
    return [(row[pair], row[fair]) for row in rows if row[pair]]


def test_after_the_last_count_no_key_is_left_that_could_try_a_code(
    database: Database,
    waves: list[Wave],
    count_keys: CountKeyStore,
    backups: BackupTarget,
    tmp_path: Path,
) -> None:
    web, linking = keys_in(tmp_path), f"link-{initiative_of(database, waves[0])}"
    for wave, is_last in zip(waves, (False, True), strict=True):
        fill(database, wave, sheets(database, tmp_path, wave, range(3)))
        count(database, count_keys, wave, backups)
        assert count_keys.holds(linking) is not is_last
        destroy_spent_keys(database, web)
        assert bool(web.linked_initiatives()) is not is_last
        with database.reading() as session:
            assert session.scalar(text("SELECT count(*) FROM link_tags")) == int(not is_last)
    linked = instrument_from(FOLDER / "linked.yaml")
    with database.writing() as session:
        initiative = get_initiative(session, waves[0].agency_id, linking.removeprefix("link-"))
        third = make_wave(session, initiative, kind="follow_up", instrument=linked)
        with pytest.raises(Conflict, match="nobody can be linked"):
            lead_to(session, third, "open", count_keys)
