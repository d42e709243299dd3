"""An upgrade finds a database full of rows, may be killed, and changes no wave that is open.

No version was released yet, so the next one is planted: a revision that makes a table anew to which
others refer, adds a column and a table. It goes there and back with every row.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import pytest
from alembic import command
from sqlalchemy import event, inspect, select, text

from app import migrations
from app.accounts.audit import note_act
from app.collectors.cards import Batch
from app.collectors.service import load_collector
from app.db import Database
from app.errors import Misconfigured
from app.initiatives.tables import Wave
from app.instruments.service import thawed_version
from app.migrations import _run, migrate, newest_revision, present_revision, refuse_other_schema
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.schema import metadata
from tests.factories import SURVEYS, core_trust, make_agency, make_collector, make_wave
from tests.integration.responses.cards import deal, keys_in
from tests.integration.responses.sheets import fill, sealed_wave, sheet

HERE: Final = migrations.folder()
NEXT: Final = """
import sqlalchemy as sa
from alembic import op

revision, down_revision = "20990101_0000", "{head}"
branch_labels = depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("wave", recreate="{recreate}") as wave:
        wave.add_column(sa.Column("planted", sa.Integer(), nullable=True))
    with op.batch_alter_table("agency", recreate="{recreate}") as agency:
        agency.alter_column("name", existing_type=sa.String(200), type_=sa.String(300))
    op.create_table("planted", sa.Column("agency_id", sa.String(6), primary_key=True))
    op.execute("UPDATE wave SET planted = 7")


def downgrade() -> None:
    op.drop_table("planted")
    with op.batch_alter_table("agency", recreate="{recreate}") as agency:
        agency.alter_column("name", existing_type=sa.String(300), type_=sa.String(200))
    with op.batch_alter_table("wave", recreate="{recreate}") as wave:
        wave.drop_column("planted")
"""


@pytest.fixture
def full(database: Database, count_keys: CountKeyStore, tmp_path: Path) -> Database:
    """Rows in most tables: a counted wave, an open one with sheets and codes, staff's acts."""
    counted = sealed_wave(database, count_keys)
    fill(database, counted, [sheet()] * 12)
    count_wave(database, count_keys, *counted[:2], backups=None)
    is_open = sealed_wave(database, count_keys)
    deal(database, keys_in(tmp_path), is_open[:2], Batch(20))
    with database.writing() as session:
        agency = make_agency(session)
        make_collector(session, make_wave(session, state="open", keys=count_keys))
        for number in range(3):
            note_act(session, agency.agency_id, None, "act", str(number))
    return database


@pytest.fixture
def planted_next(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The program of the next version; what it adds is gone afterwards."""
    folder = tmp_path / "migrations"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    recreate = "always" if database.is_sqlite else "auto"
    content = NEXT.format(head=newest_revision(), recreate=recreate)
    (folder / "versions" / "2099-01-01-0000_next.py").write_text(content, encoding="utf-8")
    head = newest_revision()
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "folder", lambda: folder)
        yield head
        if present_revision(database) != head:
            _run(database, command.downgrade, head)


def rows_of(database: Database) -> dict[str, str]:
    """A hash over all rows of each table of this version, in no matter which order."""
    with database.reading() as session:
        found = {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in metadata.sorted_tables
        }
    assert sum(map(len, found.values())) > 50
    return {
        name: hashlib.sha256("\n".join(rows).encode()).hexdigest() for name, rows in found.items()
    }


def references_of(database: Database) -> set[tuple[str, str]]:
    inspector = inspect(database.engine)
    return {
        (table, key["referred_table"])
        for table in inspector.get_table_names()
        for key in inspector.get_foreign_keys(table)
    }


def test_the_next_version_takes_a_full_database_over_and_gives_it_back_whole(
    full: Database, planted_next: str
) -> None:
    before, references = rows_of(full), references_of(full)
    with pytest.raises(Misconfigured, match="Run `rapport migrate` to reach 20990101_0000"):
        refuse_other_schema(full)
    migrate(full)
    refuse_other_schema(full)
    assert present_revision(full) == "20990101_0000"
    assert (rows_of(full), references_of(full)) == (before, references)
    with full.reading() as session:
        assert set(session.scalars(text("SELECT planted FROM wave"))) == {7}
    _run(full, command.downgrade, planted_next)
    assert present_revision(full) == planted_next
    assert (rows_of(full), references_of(full)) == (before, references)


def test_a_revision_that_would_leave_a_row_without_what_it_refers_to_changes_nothing(
    full: Database, planted_next: str, tmp_path: Path
) -> None:
    (file,) = (tmp_path / "migrations" / "versions").glob("2099*")
    content = file.read_text("utf-8")
    sin = 'op.execute("UPDATE wave SET planted = 7; DELETE FROM initiative")'
    if not full.is_sqlite:
        sin = sin.replace("UPDATE wave SET planted = 7; ", "")
    file.write_text(content.replace('op.execute("UPDATE wave SET planted = 7")', sin), "utf-8")
    before = rows_of(full)
    with pytest.raises(Exception, match=r"refer|FOREIGN KEY|foreign key|one statement"):
        migrate(full)
    assert present_revision(full) == planted_next
    assert rows_of(full) == before


@dataclass(frozen=True)
class DyingMigration:
    """Kills itself as it sends the n-th statement."""

    database_url: str
    statement: int

    def run(self) -> int:
        process = get_context("forkserver").Process(target=self._migrate)
        process.start()
        process.join(250)
        assert process.exitcode is not None
        return process.exitcode

    def _migrate(self) -> None:
        database, sent = Database(self.database_url), []

        def count(*_call: object) -> None:
            sent.append(1)
            if len(sent) == self.statement:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engine, "before_cursor_execute", count)
        migrate(database)


@pytest.mark.parametrize("statement", [10, 40])
def test_a_migration_that_was_killed_is_whole_or_never_was_and_runs_again(
    empty_database: Database, statement: int
) -> None:
    url = empty_database.url.render_as_string(hide_password=False)
    assert DyingMigration(url, statement).run() == -signal.SIGKILL
    assert present_revision(empty_database) is None
    assert not set(inspect(empty_database.engine).get_table_names()) & set(metadata.tables)
    migrate(empty_database)
    refuse_other_schema(empty_database)
    assert set(metadata.tables) <= set(inspect(empty_database.engine).get_table_names())


@pytest.mark.proof
def test_a_migration_killed_at_every_statement_leaves_nothing_until_it_is_whole(
    empty_database: Database,
) -> None:
    url = empty_database.url.render_as_string(hide_password=False)
    kills = 0
    while (ended := DyingMigration(url, kills + 1).run()) == -signal.SIGKILL:
        kills += 1
        assert present_revision(empty_database) is None
        assert not set(inspect(empty_database.engine).get_table_names()) & set(metadata.tables)
    assert (ended, kills >= 50) == (0, True)
    refuse_other_schema(empty_database)
    assert set(metadata.tables) <= set(inspect(empty_database.engine).get_table_names())


def test_an_open_wave_keeps_its_questionnaire_when_the_next_version_words_it_otherwise(
    database: Database, count_keys: CountKeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        wave = make_wave(session, state="open", keys=count_keys)
        public_id = make_collector(session, wave).public_id
    before = core_trust()
    reworded = before.model_copy(update={"version": before.version + 1, "title": {"en": "Newer"}})
    with monkeypatch.context() as patch:
        patch.setattr("tests.factories.core_trust", lambda: reworded)
        with database.writing() as session:
            newer = make_wave(session, state="open", keys=count_keys)
    again = Database(database.url.render_as_string(hide_password=False))  # another process
    with again.reading() as session:
        assert load_collector(session, public_id).instrument == before
        hashes = set(session.scalars(select(Wave.instrument_hash)))
        assert hashes == {wave.instrument_hash, newer.instrument_hash}
        kept = thawed_version(session, newer.agency_id, newer.instrument_hash)
        assert kept.title == {"en": "Newer"}
    again.dispose()
    assert (SURVEYS / "core_trust.yaml").is_file()
