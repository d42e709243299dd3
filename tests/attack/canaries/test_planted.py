"""The scan for canaries finds what a leaky design would leave, in each spelling and each place."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import text

from app.backups.target import BackupTarget
from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.responses.service import check_counted_waves
from tests.attack.attackers import files_below
from tests.attack.canaries import scanner
from tests.attack.canaries.installation import Installation
from tests.attack.canaries.people import Person, Visits
from tests.attack.canaries.scanner import Scanner
from tests.attack.test_linkage import data_files
from tests.integration.pages.site import field

AS_UVICORN_COMES: Final = (
    "import uvicorn; from app.main import create_app; from app.settings import Settings; "
    "uvicorn.run(create_app(Settings()), port=0)"
)


@pytest.fixture
def person() -> Person:
    return Person.with_card(0, "7K3F-9QXM-2TA")


def test_each_spelling_is_found_wherever_it_stands_and_nothing_else(person: Person) -> None:
    needles = dict(person.needles())
    scanner = Scanner(needles)
    around = os.urandom(4 * 2**20)
    assert scanner.found_in(around) == set()
    for number, (needle, what) in enumerate(needles.items()):
        place = 4 * 2**20 - number % 40  # some across the seam between two passes
        assert scanner.found_in(around[place - 50 : place] + needle + b"\0") == {what}
    planted = around[:-7] + b"".join(needles)
    assert scanner.found_in(planted + around) >= set(needles.values())


@pytest.mark.parametrize("around", [b"\0", b"\xff", b"canary"])
def test_a_needle_is_found_at_every_place_also_across_the_seam_of_two_passes(
    monkeypatch: pytest.MonkeyPatch, around: bytes
) -> None:
    monkeypatch.setattr(scanner, "ONE_PASS", 64)
    mapped = bytes(10) + b"\xff\xff" + bytes((198, 51, 100, 77))
    needles = {mapped: "address", b"canary-of-one": "typed", bytes(8) + b"\1": "low"}
    search = scanner.Scanner(needles)
    for needle, what in needles.items():
        for place in range(150):
            content = (around * 150)[:place]
            assert search.found_in(content + needle) == {what}
            assert search.found_in(content + needle + around * 80) == {what}


def test_a_needle_that_chance_would_find_is_refused() -> None:
    with pytest.raises(ValueError, match="by chance"):
        Scanner({b"short": "a short one"})


def zipped(file: Path, content: bytes) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", content)


WAYS: Final[tuple[Callable[[Path, bytes], object], ...]] = (
    Path.write_bytes,
    zipped,
    lambda file, content: file.write_bytes(gzip.compress(content)),
)


@pytest.mark.parametrize("write", WAYS)
def test_what_is_packed_is_found_as_well(
    person: Person, tmp_path: Path, write: Callable[[Path, bytes], object]
) -> None:
    needles = dict(person.needles())
    write(tmp_path / "planted", b" ".join(needles))
    found = Scanner(needles).found_in_files(files_below(tmp_path), None)
    assert set().union(*found.values()) == set(needles.values())


def test_what_a_table_keeps_is_found_in_the_database_and_in_its_backup(
    person: Person,
    database: Database,
    backups: BackupTarget,
    request: pytest.FixtureRequest,
) -> None:
    needles = dict(person.needles())
    kept_as = "BLOB" if database.is_sqlite else "BYTEA"
    with database.writing() as session:
        session.execute(text(f"CREATE TABLE planted (told {kept_as})"))
        rows = [{"told": needle} for needle in needles]
        session.execute(text("INSERT INTO planted VALUES (:told)"), rows)
        if not database.is_sqlite:  # backups are made as the operator, who sees what was granted
            session.execute(text("GRANT SELECT ON planted TO rapport_operator"))
    scanner = Scanner(needles)
    everything = set(needles.values())
    try:
        in_use = scanner.found_in_files(data_files(database, request), None)
        assert set().union(*in_use.values()) == everything
        backups.back_up(database, "planted", check_counted_waves, lambda _line: None)
        if not database.is_sqlite:  # whose dump spells bytes in hexadecimal
            scanner = Scanner({needle.hex().encode(): what for needle, what in needles.items()})
        programs = None if database.is_sqlite else request.getfixturevalue("postgres_programs")
        kept = scanner.found_in_files(files_below(backups.folder), programs)
        assert set().union(*kept.values()) == everything
    finally:
        with database.writing() as session:
            session.execute(text("DROP TABLE planted"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_usual_way_of_serving_would_be_caught(
    person: Person, database: Database, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    """The same program without our launcher: uvicorn logs address, path and query."""
    fielded = field(database, count_keys)
    installation = Installation(database, tmp_path, None)
    process = subprocess.Popen(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", AS_UVICORN_COMES],
        env=installation.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    said = b""
    try:
        while (running := re.search(rb"running on http://127.0.0.1:(\d+)", said)) is None:
            line = process.stdout.readline()
            assert line, said
            said += line
        visits = Visits(int(running[1]))
        forwarded = {"X-Forwarded-For": person.address}
        visits.ask(person, "GET", f"{fielded.path}?x={person.query}", None, forwarded)
        visits.ask(person, "GET", f"/{person.path}/{person.code}", None, forwarded)
    finally:
        process.terminate()
        said += process.communicate(timeout=60)[0]
    found = Scanner(dict(person.needles())).found_in(said)
    assert {f"{what} in the clear" for what in ("address", "query", "path", "code")} <= found
