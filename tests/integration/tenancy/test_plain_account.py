"""PostgreSQL alone: an account that is no administrator of its server lives behind the wall too."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import get_args

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from app.accounts.tables import Agency
from app.backups import restoring
from app.backups.target import BackupTarget
from app.db import Database
from app.errors import Misconfigured, NotFound
from app.migrations import migrate, refuse_other_schema
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.responses.service import check_counted_waves, read_responses
from app.tenancy import DatabaseRole
from tests.conftest import PostgresServer
from tests.factories import make_agency
from tests.integration.responses.sheets import fill, sealed_wave, sheet

ACCOUNT = "rapport_account"


@pytest.fixture
def plain(postgres_server: PostgresServer, migrated_postgres: Database) -> Iterator[Database]:
    """The roles, as PostgreSQL 16 and later leave them to an account that made them itself."""
    assert migrated_postgres.actor is None
    server = postgres_server
    server.run(f"CREATE ROLE {ACCOUNT} LOGIN CREATEROLE CREATEDB")
    for role in get_args(DatabaseRole):
        server.run(f"GRANT {role} TO {ACCOUNT} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
    server.run(f"CREATE DATABASE {ACCOUNT} OWNER {ACCOUNT}")
    address = server.url.set(username=ACCOUNT, database=ACCOUNT)
    database = Database(address.render_as_string(hide_password=False))
    yield database
    database.dispose()
    server.run(f"DROP DATABASE {ACCOUNT} WITH (FORCE)")
    for role in get_args(DatabaseRole):  # first what the account granted itself
        server.run(f"REVOKE {role} FROM {ACCOUNT} GRANTED BY {ACCOUNT} CASCADE")
    server.run(f"DROP ROLE {ACCOUNT}")


def test_a_wave_is_counted_and_kept_by_an_account_without_special_rights(
    plain: Database, count_keys: CountKeyStore, postgres_programs: Path, tmp_path: Path
) -> None:
    migrate(plain)
    operator = plain.acting_as("rapport_operator")
    wave = sealed_wave(operator, count_keys)
    rng = Random(7)
    fill(operator, wave, [sheet(rng) for _ in range(12)])
    own = plain.acting_as("rapport_staff", wave.agency_id)
    backups = BackupTarget(tmp_path / "backups", postgres_programs)
    count_wave(own, count_keys, wave.agency_id, wave.wave_id, backups=backups)
    with own.reading() as session:
        answers = list(read_responses(session, wave.agency_id, wave.wave_id))
    assert len(answers) == 12
    with (
        plain.acting_as("rapport_staff", "nobody").reading() as session,
        pytest.raises(NotFound),
    ):
        read_responses(session, wave.agency_id, wave.wave_id)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_backup_is_restored_into_a_server_that_has_not_granted_the_roles_yet(
    plain: Database, database: Database, backups: BackupTarget, postgres_programs: Path
) -> None:
    with database.writing() as session:
        agency_id = make_agency(session).agency_id
    kept = backups.back_up(database, "copy", check_counted_waves, _hush)
    with pytest.raises(ProgrammingError, match="permission denied to set role"):
        _agencies(plain)
    restoring.restore(
        restoring.find_backup(kept.file),
        None,
        plain.acting_as("rapport_operator"),
        check_counted_waves,
        _hush,
        programs=postgres_programs,
    )
    assert _agencies(plain) == [agency_id]


def _agencies(database: Database) -> list[str]:
    with database.acting_as("rapport_operator").reading() as session:
        return list(session.scalars(select(Agency.agency_id)))


def _hush(_line: str) -> None:
    pass


def test_the_account_of_the_web_process_cannot_act_as_an_operator(
    plain: Database, postgres_server: PostgresServer
) -> None:
    migrate(plain)
    postgres_server.run("CREATE ROLE narrow_web LOGIN IN ROLE rapport_staff, rapport_intake")
    web = Database(plain.url.set(username="narrow_web").render_as_string(hide_password=False))
    try:
        with plain.writing() as session:
            session.execute(text("GRANT SELECT ON alembic_version TO narrow_web"))
        with web.acting_as("rapport_staff", "aaaaaa").reading() as session:
            assert session.execute(text("SELECT count(*) FROM wave")).scalar() == 0
        with pytest.raises(Misconfigured, match="GRANT rapport_operator TO"):
            refuse_other_schema(web.acting_as("rapport_operator"))
        refuse_other_schema(web.acting_as("rapport_staff"))
        with pytest.raises(ProgrammingError, match="must be owner"), web.writing() as session:
            session.execute(text("ALTER TABLE wave DISABLE ROW LEVEL SECURITY"))
    finally:
        web.dispose()
        with plain.writing() as session:
            session.execute(text("REVOKE SELECT ON alembic_version FROM narrow_web"))
        postgres_server.run("DROP ROLE narrow_web")
