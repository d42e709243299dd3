from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts import store
from app.accounts.audit import AuditBreak, AuditHead, note_act, verify_audit_log
from app.accounts.tables import AuditEntry
from app.db import Database
from app.errors import NotFound
from tests.factories import make_agency

Change = Callable[[Session], object]


@pytest.fixture
def agency_id(database: Database) -> str:
    with database.writing() as session:
        agency_id = make_agency(session).agency_id
        for number in range(5):
            note_act(session, agency_id, None, "count", str(number), {"n": number, "t": "ñ"})
        return agency_id


def _verify(database: Database, agency_id: str, head: str | None = None) -> AuditHead | AuditBreak:
    with database.reading() as session:
        return verify_audit_log(session, agency_id, head)


def test_an_untouched_log_is_whole_and_holds_each_head_it_had(
    database: Database, agency_id: str
) -> None:
    first = _verify(database, agency_id)
    assert isinstance(first, AuditHead)
    assert first.entries == 5
    with database.writing() as session:
        note_act(session, agency_id, None, "count", "5")
    later = _verify(database, agency_id, first.digest)
    assert isinstance(later, AuditHead)
    assert later.entries == 6
    assert later.holds_kept
    assert later.digest != first.digest


@pytest.mark.parametrize(
    ("change", "position", "reason"),
    [
        (update(AuditEntry).where(AuditEntry.position == 3).values(act="nothing"), 3, "altered"),
        (update(AuditEntry).where(AuditEntry.position == 3).values(facts={}), 3, "altered"),
        (update(AuditEntry).where(AuditEntry.position == 3).values(staff_id="x"), 3, "altered"),
        (delete(AuditEntry).where(AuditEntry.position == 3), 3, "missing"),
        (delete(AuditEntry).where(AuditEntry.position == 1), 1, "missing"),
        (
            update(AuditEntry).where(AuditEntry.position == 3).values(previous="0" * 64),
            3,
            "does not follow",
        ),
    ],
)
def test_tampering_shows_where(
    database: Database, agency_id: str, change: object, position: int, reason: str
) -> None:
    with database.writing() as session:
        session.execute(change)  # type: ignore[call-overload] # statements of two kinds
    found = _verify(database, agency_id)
    assert isinstance(found, AuditBreak)
    assert found.position == position
    assert reason in found.reason


def test_a_log_cut_at_its_end_or_written_anew_lacks_the_head_that_was_kept(
    database: Database, agency_id: str
) -> None:
    kept = _verify(database, agency_id)
    assert isinstance(kept, AuditHead)
    with database.writing() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.position == 5))
    cut = _verify(database, agency_id, kept.digest)
    assert isinstance(cut, AuditHead)
    assert not cut.holds_kept


def test_each_agency_has_a_log_of_its_own(database: Database, agency_id: str) -> None:
    with database.writing() as session:
        other = make_agency(session, "City of Hillside").agency_id
        assert note_act(session, other, None, "count", "1").position == 1
        session.execute(delete(AuditEntry).where(AuditEntry.agency_id == agency_id))
    whole = _verify(database, other)
    assert isinstance(whole, AuditHead)
    assert whole.entries == 1


def test_a_log_longer_than_one_reading_is_walked_to_its_end(
    database: Database, agency_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "ENTRIES_AT_ONCE", 2)
    found = _verify(database, agency_id)
    assert isinstance(found, AuditHead)
    assert found.entries == 5


def test_an_act_of_no_agency_is_refused(database: Database) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        note_act(session, "000000", None, "count", "1")


@settings(
    max_examples=10,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(facts=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=3))
def test_whatever_was_noted_is_read_back_whole(
    database: Database, agency_id: str, facts: dict[str, object]
) -> None:
    text = {key.replace("\0", ""): value for key, value in facts.items()}
    clean = {
        key: value.replace("\0", "") if isinstance(value, str) else value % 10**9
        for key, value in text.items()
        if isinstance(value, str | int)
    }
    with database.writing() as session:
        note_act(session, agency_id, None, "count", "x", clean)
    assert isinstance(_verify(database, agency_id), AuditHead)
