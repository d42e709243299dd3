"""PostgreSQL alone: what a question that forgets its agency gets to see, and what it can do."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, get_args

import pytest
from sqlalchemy import Connection, Table, insert, inspect, select, text
from sqlalchemy.exc import ProgrammingError

from app import clock
from app.accounts.tables import Agency, AuditEntry, Staff
from app.db import Database
from app.initiatives.service import get_initiative
from app.initiatives.tables import Initiative, Wave
from app.jobs.service import claim, enqueue
from app.jobs.tables import Job
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import new_nonce
from app.responses.intake import Acceptance, Sheet, accept_response, intake_writer
from app.responses.tables import intake
from app.schema import metadata
from app.tenancy import DatabaseRole, acting_in, enter_agency
from tests.factories import make_agency, make_collector, make_initiative, make_wave

TENANT_TABLES: Final = [t for t in metadata.sorted_tables if "agency_id" in t.columns]
ROLES: Final = get_args(DatabaseRole)


@dataclass(frozen=True)
class Two:
    """The same things in two agencies."""

    ours: str
    theirs: str


@pytest.fixture
def whole(postgres_url: str) -> Iterator[Database]:
    database = Database(postgres_url, pool_size=1)
    yield database
    database.dispose()


@pytest.fixture
def two(whole: Database, count_keys: CountKeyStore) -> Two:
    with whole.writing() as session:
        keys = []
        for name in ("Riverside", "Hillside"):
            agency = make_agency(session, name)
            initiative = make_initiative(session, agency)
            make_collector(session, make_wave(session, initiative, state="open", keys=count_keys))
            enqueue(session, agency.agency_id, "close_wave", "x", {}, clock.now())
            keys.append(agency.agency_id)
        return Two(*keys)


def _agencies(connection: Connection, table: Table) -> set[str]:
    return set(connection.scalars(select(table.c.agency_id)))


def test_every_table_of_an_agency_stands_behind_the_wall(whole: Database) -> None:
    with whole.reading() as session:
        forced = dict(
            session.execute(
                text(
                    "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class "
                    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                )
            ).all()
        )
        present = set(inspect(session.connection()).get_table_names())
    agencies = {table.name for table in TENANT_TABLES}
    assert present - {"alembic_version"} - agencies == {"unknown_address"}
    assert [name for name in (*agencies, "unknown_address") if not forced[name]] == []


@pytest.mark.usefixtures("two")
def test_without_an_agency_staff_see_no_row_of_any_table(whole: Database) -> None:
    with whole.reading() as session:
        filled = [t for t in TENANT_TABLES if _agencies(session.connection(), t)]
    assert {table.name for table in filled} >= {"initiative", "wave", "collector", "job"}
    with whole.acting_as("rapport_staff").reading() as session:
        for table in TENANT_TABLES:
            assert _agencies(session.connection(), table) == set(), table.name


def test_in_an_agency_staff_see_its_rows_alone(whole: Database, two: Two) -> None:
    with whole.acting_as("rapport_staff", two.ours).reading() as session:
        for table in TENANT_TABLES:
            assert _agencies(session.connection(), table) <= {two.ours}, table.name
        assert _agencies(session.connection(), Initiative.__table__) == {two.ours}  # type: ignore[arg-type] # a table
        enter_agency(session, two.theirs)
        session.expunge_all()
        assert _agencies(session.connection(), Initiative.__table__) == {two.theirs}  # type: ignore[arg-type] # a table


def test_a_forgotten_condition_changes_and_removes_nothing_of_others(
    whole: Database, two: Two
) -> None:
    with whole.acting_as("rapport_staff", two.ours).writing() as session:
        changed = session.execute(text("UPDATE initiative SET is_simulated = true"))
        removed = session.execute(text("DELETE FROM collector"))
        assert (changed.rowcount, removed.rowcount) == (1, 1)
    with whole.reading() as session:
        simulated = dict(
            session.execute(select(Initiative.agency_id, Initiative.is_simulated)).all()
        )
        assert simulated == {two.ours: True, two.theirs: False}
        assert session.execute(text("SELECT agency_id FROM collector")).scalars().all() == [
            two.theirs
        ]


def test_a_row_for_another_agency_is_an_error(whole: Database, two: Two) -> None:
    row = {"agency_id": two.theirs, "kind": "count_wave", "subject": "y", "arguments": {}}
    job = row | {"state": "queued", "attempts": 0, "run_after": clock.now()}
    for agency_id in (two.ours, ""):
        staff = whole.acting_as("rapport_staff", agency_id)
        with (
            pytest.raises(ProgrammingError, match="row-level security"),
            staff.writing() as session,
        ):
            session.execute(insert(Job), [job])
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        whole.acting_as("rapport_staff", two.ours).writing() as session,
    ):
        session.execute(text("UPDATE initiative SET agency_id = :theirs"), {"theirs": two.theirs})


def test_a_service_that_is_asked_for_another_agency_finds_nothing(
    whole: Database, two: Two
) -> None:
    with whole.reading() as session:
        found = session.scalars(select(Initiative).where(Initiative.agency_id == two.theirs)).one()
        assert get_initiative(session, two.theirs, found.id).id == found.id
    with whole.acting_as("rapport_staff", two.ours).reading() as session:
        assert session.get(Initiative, (two.theirs, found.id)) is None


def test_the_audit_log_can_be_added_to_and_not_altered(whole: Database, two: Two) -> None:
    staff = whole.acting_as("rapport_staff", two.ours)
    for statement in ("UPDATE audit_entry SET act = 'x'", "DELETE FROM audit_entry"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            staff.writing() as session,
        ):
            session.execute(text(statement))
    with staff.reading() as session:
        assert session.scalars(select(AuditEntry)).all() == []


def test_the_way_in_adds_sheets_and_reads_none(whole: Database, two: Two) -> None:
    with whole.reading() as session:
        wave = session.scalars(select(Wave).where(Wave.agency_id == two.ours)).one()

    @dataclass(frozen=True)
    class WayIn:
        agency_id: str = wave.agency_id
        wave_id: str = wave.id
        public_key: bytes | None = wave.public_key
        sheet_room: int = 0

    async def send() -> Acceptance:
        writer = intake_writer(whole)
        writer.start()
        sheet = Sheet("en", "phone_web", "open", None, 0, {})
        try:
            return await accept_response(writer, WayIn(), new_nonce(), sheet)
        finally:
            await asyncio.to_thread(writer.stop)

    assert asyncio.run(send()) is Acceptance.STORED
    way_in = whole.acting_as("rapport_intake")
    for statement in (
        "SELECT ct FROM intake",
        "DELETE FROM intake",
        "UPDATE intake SET ct = ''",
        "SELECT * FROM response",
        "SELECT email FROM staff",
        "SELECT public_key FROM wave",
        "DELETE FROM ledger",
        "UPDATE ledger SET most = 9",
    ):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            way_in.writing() as session,
        ):
            session.execute(text(statement))
    with (
        pytest.raises(ProgrammingError, match="row-level security"),
        way_in.writing() as session,
    ):
        session.execute(text("UPDATE wave SET state = 'closed'"))
    with whole.reading() as session:
        assert len(session.execute(select(intake.c.ct)).all()) == 1


@pytest.mark.usefixtures("two")
def test_the_queue_and_the_lookups_see_what_they_need_and_no_more(whole: Database) -> None:
    queue = whole.acting_as("rapport_claim")
    assert claim(queue, ["close_wave"], "worker", clock.now()) is not None
    roles: dict[DatabaseRole, tuple[str, ...]] = {
        "rapport_claim": ("SELECT * FROM wave", "INSERT INTO job SELECT * FROM job"),
        "rapport_sign_in": ("SELECT password_hash FROM staff", "SELECT * FROM agency"),
        "rapport_sweep": ("SELECT label FROM wave", "SELECT * FROM job"),
    }
    for role, statements in roles.items():
        for statement in statements:
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                whole.acting_as(role).reading() as session,
            ):
                session.execute(text(statement))
    with whole.acting_as("rapport_sign_in").reading() as session:
        assert session.execute(select(Staff.agency_id, Staff.id, Staff.email)).all() == []


def test_a_borrowed_connection_comes_back_without_role_and_agency(
    whole: Database, two: Two
) -> None:
    """The pool holds one connection: whoever asks next gets the same."""
    setting = text("SELECT current_setting('role'), current_setting('rapport.agency', true)")
    staff = whole.acting_as("rapport_staff", two.ours)
    with staff.writing() as session:
        assert tuple(session.execute(setting).one()) == ("rapport_staff", two.ours)
        with acting_in(session, "rapport_sign_in"):
            assert session.execute(setting).one()[0] == "rapport_sign_in"
        assert session.execute(setting).one()[0] == "rapport_staff"
    with pytest.raises(ProgrammingError, match="planted"), staff.writing() as session:
        session.execute(text("SELECT planted"))
    with whole.reading() as session:
        role, agency = session.execute(setting).one()
        assert (role, agency or "") == ("none", "")
        assert session.scalars(select(Agency.agency_id)).all()


def test_none_of_the_roles_can_get_past_the_wall(whole: Database) -> None:
    with whole.reading() as session:
        found = session.execute(
            text(
                "SELECT rolname, rolsuper, rolbypassrls, rolcanlogin FROM pg_roles "
                "WHERE rolname = ANY(:roles)"
            ),
            {"roles": list(ROLES)},
        ).all()
    assert {row.rolname for row in found} == set(ROLES)
    assert not any(row.rolsuper or row.rolbypassrls or row.rolcanlogin for row in found)
