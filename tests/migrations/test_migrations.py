from __future__ import annotations

import re
import threading
from datetime import date

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Column, Integer, MetaData, inspect, select, text

from app.accounts.tables import Agency
from app.db import Database
from app.errors import Misconfigured
from app.initiatives.wave import STATES
from app.migrations import (
    _run,
    configuration,
    migrate,
    newest_revision,
    present_revision,
    refuse_other_schema,
)
from app.responses.erasing import ERASED_TABLES
from app.schema import metadata

SAMPLED_COLUMNS = """
SELECT attname FROM pg_attribute
WHERE attrelid = CAST(:name AS regclass) AND attnum > 0 AND attstattarget IS DISTINCT FROM 0
"""
SHARED_BY_TENANTS = {"alembic_version"}
OF_NO_AGENCY = {"unknown_address"}  # who signs in names none
WITHOUT_FOREIGN_KEYS = {"intake", "response"}


def tables_of(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names()) - SHARED_BY_TENANTS


def words_in(check: str) -> set[str]:
    return set(re.findall(r"'(\w+)'", check))


def test_the_migrations_have_one_head_and_one_root() -> None:
    scripts = ScriptDirectory.from_config(configuration())
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_up_down_up_leads_from_nothing_to_the_same_tables(empty_database: Database) -> None:
    migrate(empty_database)
    tables = tables_of(empty_database)
    assert tables == set(metadata.tables)
    _run(empty_database, command.downgrade, "base")
    assert tables_of(empty_database) == set()
    assert present_revision(empty_database) is None
    migrate(empty_database)
    assert tables_of(empty_database) == tables
    assert present_revision(empty_database) == newest_revision()


def test_migrating_again_changes_nothing_and_keeps_the_rows(database: Database) -> None:
    with database.writing() as session:
        session.add(Agency(agency_id="abc123", name="Riverside", created_on=date(2026, 11, 2)))
    migrate(database)
    with database.reading() as session:
        assert session.scalars(select(Agency.name)).all() == ["Riverside"]


def test_the_model_equals_the_migrations(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_column_that_no_migration_makes_would_be_noticed(database: Database) -> None:
    planted = MetaData(naming_convention=metadata.naming_convention)
    for table in metadata.sorted_tables:
        table.to_metadata(planted)
    planted.tables["wave"].append_column(Column("planted", Integer))
    with database.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), planted)
    assert [difference[0] for difference in differences] == ["add_column"]


def test_the_database_allows_the_same_words_as_the_model(database: Database) -> None:
    inspector = inspect(database.engine)
    present = {
        (table, check["name"]): words_in(check["sqltext"])
        for table in tables_of(database)
        for check in inspector.get_check_constraints(table)
    }
    declared = {
        (table.name, constraint.name): words_in(str(constraint.sqltext))
        for table in metadata.sorted_tables
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    }
    assert len(declared) >= 6
    assert present == declared
    assert present["wave", "ck_wave_state"] == set(STATES)


def test_two_that_migrate_at_once_end_with_one_schema(empty_database: Database) -> None:
    problems: list[BaseException] = []

    def run() -> None:
        try:
            migrate(empty_database)
        except BaseException as exc:  # noqa: BLE001 - told by the assertion below
            problems.append(exc)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert tables_of(empty_database) == set(metadata.tables)


def test_a_failing_migration_leaves_nothing_behind(empty_database: Database) -> None:
    with empty_database.writing() as session:
        session.execute(text("CREATE TABLE report (planted INTEGER)"))
    with pytest.raises(Exception, match=r"report|reached"):
        migrate(empty_database)
    assert tables_of(empty_database) == {"report"}
    assert present_revision(empty_database) is None


def test_an_empty_database_is_refused_with_the_command_that_fills_it(
    empty_database: Database,
) -> None:
    with pytest.raises(Misconfigured, match="Run `rapport migrate` first"):
        refuse_other_schema(empty_database)


def test_a_migrated_database_is_accepted(database: Database) -> None:
    refuse_other_schema(database)


def test_a_schema_from_the_future_is_refused_and_left_alone(empty_database: Database) -> None:
    migrate(empty_database)
    with empty_database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '20990101_0000'"))
    for act in (refuse_other_schema, migrate):
        with pytest.raises(Misconfigured, match="20990101_0000, which this version"):
            act(empty_database)
    assert present_revision(empty_database) == "20990101_0000"


def test_the_agency_leads_every_primary_and_foreign_key(database: Database) -> None:
    inspector = inspect(database.engine)
    tables = tables_of(database)
    assert len(tables) >= 11
    foreign_keys = 0
    for table in tables:
        key = inspector.get_pk_constraint(table)["constrained_columns"]
        assert key[0] == "agency_id" or table in OF_NO_AGENCY, table
        for foreign_key in inspector.get_foreign_keys(table):
            foreign_keys += 1
            assert foreign_key["constrained_columns"][0] == "agency_id", (table, foreign_key)
            assert foreign_key["referred_columns"][0] == "agency_id", (table, foreign_key)
        for unique in inspector.get_unique_constraints(table):
            assert unique["column_names"][0] == "agency_id", (table, unique)
    assert foreign_keys >= 9


def test_no_foreign_key_leads_into_or_out_of_the_respondent_side(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in tables_of(database):
        for foreign_key in inspector.get_foreign_keys(table):
            assert table not in WITHOUT_FOREIGN_KEYS
            assert foreign_key["referred_table"] not in WITHOUT_FOREIGN_KEYS


def test_postgresql_takes_no_samples_of_what_residents_gave(postgres_url: str) -> None:
    """Its statistics keep values after their rows are gone."""
    database = Database(postgres_url)
    with database.reading() as session:
        for table in ERASED_TABLES:
            sampled = session.scalars(text(SAMPLED_COLUMNS), {"name": table}).all()
            assert set(sampled) == {"agency_id", "wave_id"}, table
    database.dispose()


def test_respondent_tables_on_sqlite_keep_no_order_of_arrival(sqlite_url: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as session:
        for table in WITHOUT_FOREIGN_KEYS:
            made_by = session.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table}
            ).scalar_one()
            assert "WITHOUT ROWID" in made_by, table
    database.dispose()
