"""`rapport export`: from a database, and from a bundle without one."""

from __future__ import annotations

import csv
from pathlib import Path

import pyreadstat
import pytest

from app.accounts.audit import recent_acts
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from tests.integration.reports.rapport import Ran, rapport
from tests.integration.reports.waves import TwoWaves, two_counted_waves

REASON = "The university checks the report"


@pytest.fixture
def database(sqlite_url: str) -> Database:
    """The command is the same on either database; what it calls is tested on both."""
    return Database(sqlite_url)


@pytest.fixture
def waves(database: Database, count_keys: CountKeyStore) -> TwoWaves:
    return two_counted_waves(database, count_keys, people=31)


def export(sqlite_url: str, *words: object) -> Ran:
    return rapport("export", *words, environment={"RAPPORT_DATABASE_URL": sqlite_url})


def test_a_wave_leaves_with_a_reason_and_a_bundle_becomes_any_format(
    sqlite_url: str, database: Database, waves: TwoWaves, tmp_path: Path
) -> None:
    wave = waves.agency_id + waves.after
    table = tmp_path / "answers.csv"
    refused = export(sqlite_url, wave, "csv_codes", table)
    assert refused.code == 1
    assert "Say why it must leave" in refused.err
    assert not table.exists()
    made = export(sqlite_url, wave, "csv_codes", table, "--reason", REASON)
    assert made.code == 0, made.err
    assert "RESTRICTED" in made.err
    assert table.stat().st_mode & 0o077 == 0
    with database.reading() as session:
        acts = recent_acts(session, waves.agency_id)
    assert (acts[0].act, acts[0].subject) == ("export", waves.after)

    report_id = compute_now(
        database, waves.agency_id, before_wave_id=waves.before, after_wave_id=waves.after
    )
    bundle, sav = tmp_path / "bundle.zip", tmp_path / "answers.sav"
    report = waves.agency_id + report_id
    packed = export(sqlite_url, report, "evidence_bundle", bundle, "--reason", REASON)
    assert packed.code == 0, packed.err
    assert rapport("export", bundle, "sav", sav).code == 0
    frame, _ = pyreadstat.read_sav(sav, user_missing=True, output_format="polars")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    asked = [name for name in rows[0] if not name.startswith("paradata.")]
    for told, read in zip(rows, frame.rows(named=True), strict=True):
        for name in asked:
            assert (float(told[name]) if told[name] else None) == read[name]


def test_it_lists_what_there_is_and_says_what_is_no_bundle(tmp_path: Path) -> None:
    listed = rapport("export")
    assert listed.code == 0
    assert "evidence_bundle" in listed.out
    other = tmp_path / "other.zip"
    other.write_bytes(b"PK")
    refused = rapport("export", other, "sav", tmp_path / "x.sav")
    assert refused.code == 1
    assert "This is no restricted bundle" in refused.err
    assert not (tmp_path / "x.sav").exists()
