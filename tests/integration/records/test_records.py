"""What is handed out: all that was told, and nothing by which anybody could be known."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import update

from app.accounts.staff import list_staff
from app.db import Database
from app.initiatives.service import list_waves
from app.initiatives.tables import Wave
from app.privacy.count_keys import CountKeyStore
from app.records.service import gather_records, zipped
from app.records.statement import statement_of
from app.reports.computation import compute_now
from app.reports.publishing.acts import withdraw
from app.reports.service import get_report
from app.responses.texts.service import approve_quote, next_unread, propose_quote
from app.retention.erasing import erase_initiative
from tests.integration.accounts.people import hire
from tests.integration.commands.rapport import environment, run
from tests.integration.reports.waves import TwoWaves, publish
from tests.integration.retention.files import Answered, agreed, answered
from tests.integration.texts.second_wave import follow_up

BECAUSE = "Both waves were counted under one name."


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore) -> tuple[Answered, TwoWaves]:
    wave = answered(database, count_keys, None)
    after = follow_up(database, count_keys, wave)
    return wave, TwoWaves(wave.agency_id, wave.initiative_id, wave.wave_id, after)


def computed(database: Database, waves: TwoWaves) -> str:
    pair = {"before_wave_id": waves.before, "after_wave_id": waves.after}
    return compute_now(database, waves.agency_id, **pair)


def quoted(database: Database, wave: Answered) -> str:
    key = wave.agency_id, wave.wave_id
    with database.writing() as session:
        text = next_unread(session, *key)
        assert text is not None
        quote = propose_quote(session, key, "ana0000000", text.id, text.text)
        approve_quote(session, wave.agency_id, "bo00000000", quote.id)
        return quote.words


def packed(database: Database, key: tuple[str, str]) -> dict[str, str]:
    with database.reading() as session:
        package = zipfile.ZipFile(io.BytesIO(zipped(gather_records(session, *key))))
    return {name: package.read(name).decode() for name in package.namelist()}


def test_nothing_restricted_is_inside(database: Database, waves: tuple[Answered, TwoWaves]) -> None:
    wave, pair = waves
    published, draft = computed(database, pair), computed(database, pair)
    publish(database, pair, published)
    words = quoted(database, wave)
    hire(database, wave.agency_id, "analyst")
    whole = "\n".join(packed(database, wave.key).values())
    canaries = {c.decode("utf-8", "replace") for c in wave.canaries if c.isalnum()}
    assert {canary for canary in canaries if canary in whole} == {words.removeprefix("I say ")}
    assert not [c for c in wave.canaries if c.hex() in whole]
    with database.reading() as session:
        report = get_report(session, wave.agency_id, published)
        staff = [part for s in list_staff(session, wave.agency_id) for part in (s.id, s.email)]
    unrounded = set(re.findall(r"\d\.\d{10,}", report.computed or ""))
    assert len(unrounded) > 20
    assert not [number for number in unrounded if number in whole]
    assert staff
    assert not [part for part in (*staff, "Bo Li", "ana0000000", draft) if part in whole]


def test_the_package_holds_what_was_told_and_each_checksum_is_right(
    database: Database, waves: tuple[Answered, TwoWaves]
) -> None:
    wave, pair = waves
    words = quoted(database, wave)
    assert words not in packed(database, wave.key)["quotes.csv"], "no report is published yet"
    report_id = computed(database, pair)
    publish(database, pair, report_id)
    files = packed(database, wave.key)
    manifest = json.loads(files["manifest.json"])
    assert [line["name"] for line in manifest["files"]] == [
        n for n in files if n != "manifest.json"
    ]
    for line in manifest["files"]:
        content = files[line["name"]].encode()
        assert (line["bytes"], line["sha256"]) == (
            len(content),
            hashlib.sha256(content).hexdigest(),
        )
    told = json.loads(files[f"reports/{report_id}.json"])
    assert told["released"]["schema"] == "rapport.comparison/1"
    assert told["withdrawn_on"] is None
    assert words in files["quotes.csv"]
    assert json.loads(files["initiative.json"])["title"]["en"] == "Walking beats"
    assert [w["id"] for w in json.loads(files["waves.json"])] == [pair.before, pair.after]
    assert len([name for name in files if name.startswith("questionnaires/")]) == 1
    assert "command line,publish report," in files["acts.csv"]
    with database.writing() as session:
        withdraw(session, wave.agency_id, report_id, None, BECAUSE)
    files = packed(database, wave.key)
    assert json.loads(files[f"reports/{report_id}.json"])["withdrawn_because"] == BECAUSE
    assert words not in files["quotes.csv"]


def test_what_is_not_held_is_said_wave_by_wave(
    database: Database, waves: tuple[Answered, TwoWaves], count_keys: CountKeyStore
) -> None:
    wave, _ = waves
    with database.reading() as session:
        before = statement_of(list_waves(session, *wave.key))
    assert before.count("counted; single answers are held, and withheld.") == 2
    assert before.count("The key that opened the sealed sheets is not destroyed yet.") == 2
    with database.writing() as session:
        session.execute(update(Wave).values(key_state="destroyed"))
    with database.reading() as session:
        keyless = statement_of(list_waves(session, *wave.key))
    assert keyless.count("The key that opened the sealed sheets is destroyed.") == 2
    agreed(database, wave.key)
    erase_initiative(database, count_keys, wave.key, None, lambda _line: None)
    with database.reading() as session:
        after = statement_of(list_waves(session, *wave.key))
    assert after.count("the answers were erased; none are held.") == 2
    assert "There is no wave yet" in statement_of([])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_writes_the_package_and_tells_its_checksums(
    database: Database, waves: tuple[Answered, TwoWaves], tmp_path: Path
) -> None:
    own = environment(database.url.render_as_string(), tmp_path)
    made = run("records-package", "".join(waves[0].key), str(tmp_path / "r.zip"), env=own)
    assert made.returncode == 0, made.stderr
    told = dict(reversed(line.split("  ")) for line in made.stdout.splitlines())
    with zipfile.ZipFile(tmp_path / "r.zip") as package:
        found = {n: hashlib.sha256(package.read(n)).hexdigest() for n in package.namelist()}
    assert told == found
