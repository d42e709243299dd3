"""From the question on the page to the file in hand, and what is left of it a day later."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from httpx2 import Response
from sqlalchemy import func, select

from app import clock
from app.accounts.audit import recent_acts
from app.accounts.staff import create_owner
from app.backups.target import BackupTarget
from app.db import Database
from app.errors import BadInput
from app.exports.service import (
    KEPT,
    Asker,
    Wanted,
    approve,
    ask_for,
    content,
    destroy_spent_keys,
    get_finished,
)
from app.exports.tables import ExportChunk, ExportFile
from app.privacy.web_keys import WebKeyStore
from app.responses.service import check_counted_waves, read_responses
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, Owner
from tests.integration.accounts.staff_site import Browser, enter_enrolled
from tests.integration.exports.holders import (
    REASON,
    approval_address,
    asked,
    download_address,
    sign_in_as,
)
from tests.integration.reports.waves import TwoWaves


def _page_of(waves: TwoWaves) -> str:
    return f"/staff/initiatives/{waves.initiative_id}/downloads"


def _export_id(address: str) -> str:
    return address.removeprefix("/staff/downloads/")


def test_single_answers_leave_when_two_people_want_it_and_for_nobody_else(
    browser: Browser,
    database: Database,
    owner: Owner,
    waves: TwoWaves,
    worker_settings: WorkerSettings,
) -> None:
    page = _page_of(waves)
    enter_enrolled(browser, owner.email)
    assert asked(browser, page, "csv_codes", waves.before) == 200
    _refused_to_the_asker(browser, database, waves)
    sign_in_as(browser, database, waves.agency_id, "microdata")
    browser.post(approval_address(browser.get(page).text), {"initiative": waves.initiative_id})
    run_until_empty(database, worker_settings)
    address = download_address(browser.get(page).text)
    _is_the_whole_file(browser.get(address), database, waves, address)
    sign_in_as(browser, database, waves.agency_id, "analyst")
    shown = browser.get(page).text
    assert address not in shown
    assert "Your role does not take them" in shown
    _is_not_there(browser, address, waves)
    with database.writing() as session:
        other = make_agency(session, "City of Hillside").agency_id
        create_owner(session, other, email="cy@hill.example", name="Cy", password=OWNER_PASSWORD)
    browser.post("/staff/sign-out")
    enter_enrolled(browser, "cy@hill.example")
    assert browser.get(page).status_code == 404
    _is_not_there(browser, address, waves)


def _refused_to_the_asker(browser: Browser, database: Database, waves: TwoWaves) -> None:
    assert "/approve" not in browser.get(_page_of(waves)).text
    with database.reading() as session:
        export_id = session.execute(select(ExportFile.id)).scalar_one()
    refused = browser.post(
        f"/staff/downloads/{export_id}/approve", {"initiative": waves.initiative_id}
    )
    assert refused.status_code == 409
    assert "You asked for this file yourself" in refused.text
    with database.reading() as session:
        assert session.execute(select(ExportFile.approved_by)).scalar_one() is None


def _is_the_whole_file(taken: Response, database: Database, waves: TwoWaves, address: str) -> None:
    assert taken.status_code == 200
    assert taken.headers["content-type"] == "text/csv; charset=utf-8"
    assert taken.headers["content-disposition"].startswith('attachment; filename="csv_codes-')
    assert taken.headers["cache-control"] == "no-store"
    with database.reading() as session:
        answers = list(read_responses(session, waves.agency_id, waves.before))
        file = get_finished(session, waves.agency_id, _export_id(address))
        acts = [act.act for act in recent_acts(session, waves.agency_id) if "load" in act.act]
    assert taken.content.count(b"\r\n") == 1 + len(answers)
    assert file.sha256 == hashlib.sha256(taken.content).hexdigest()
    assert file.size == len(taken.content)
    assert acts == ["take download", "approve download", "ask for download"]


def _is_not_there(browser: Browser, address: str, waves: TwoWaves) -> None:
    assert browser.get(address).status_code == 404
    assert asked(browser, _page_of(waves), "csv_codes", waves.before) == 404
    approved = browser.post(f"{address}/approve", {"initiative": waves.initiative_id})
    assert approved.status_code == 404


@pytest.mark.parametrize(
    ("kind", "reason", "told"),
    [
        ("csv_codes", "because", "Say why it must leave"),
        ("nothing", "A reason that is long enough", "There is no download"),
    ],
)
def test_what_is_refused_says_why_and_keeps_nothing(
    database: Database, waves: TwoWaves, tmp_path: Path, kind: str, reason: str, told: str
) -> None:
    keys = WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")
    asker = Asker(waves.agency_id, "0000000000", waves.initiative_id)
    with pytest.raises(BadInput, match=told), database.writing() as session:
        ask_for(session, keys, asker, Wanted(kind, waves.before, "en", reason))
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(ExportFile)).scalar_one() == 0
    assert keys.downloads() == set()


def test_it_lies_sealed_in_the_database_never_in_a_backup_and_a_day_later_nowhere(
    database: Database,
    waves: TwoWaves,
    worker_settings: WorkerSettings,
    backups: BackupTarget,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keys = WebKeyStore(worker_settings.web_key_store, worker_settings.web_master_file)
    asker = Asker(waves.agency_id, "0000000000", waves.initiative_id)
    with database.writing() as session:
        file = ask_for(session, keys, asker, Wanted("csv_codes", waves.before, "en", REASON))
    with database.writing() as session:
        approve(session, waves.agency_id, "1111111111", file.id)
    run_until_empty(database, worker_settings)
    with database.reading() as session:
        made = get_finished(session, waves.agency_id, file.id)
        kept = b"".join(session.scalars(select(ExportChunk.ct)).all())
    plain = b"".join(content(database, keys, made))
    assert len(kept) > len(plain) > 1000
    assert plain[:60] not in kept
    backup = backups.back_up(database, "copy", check_counted_waves, lambda _line: None)
    assert "export_chunk" not in backup.manifest["rows"]
    assert kept[:200] not in backup.file.read_bytes()
    assert kept[-200:] not in backup.file.read_bytes()
    assert keys.downloads() == {waves.agency_id + file.id}
    assert destroy_spent_keys(database, keys, ()) == set()
    later = datetime.now(UTC) + KEPT + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    run_until_empty(database, worker_settings)
    with database.reading() as session:
        for table in (ExportFile, ExportChunk):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0
    seen = destroy_spent_keys(database, keys, ())
    assert keys.downloads() != set()
    assert destroy_spent_keys(database, keys, seen) == set()
    assert keys.downloads() == set()
