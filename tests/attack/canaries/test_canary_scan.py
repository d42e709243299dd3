"""What people bring to the pages is found nowhere afterwards, whatever went wrong on the way.

The real processes, on either database: pages, refusals, faults, kill -9 in a request and in a
count, backups, exports, metrics. Then every file and every word is searched for each address,
browser, code, memory and so on: in the clear, in hexadecimal, in base 64, and hashed.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import select, text, update

from app import clock
from app.backups.target import BackupTarget
from app.collectors.cards import Batch
from app.db import Database
from app.exports.catalogue import DOWNLOADS
from app.exports.making import write_download
from app.exports.service import Wanted
from app.instruments.tables import InstrumentVersion
from app.jobs.tables import Job
from app.privacy.count_keys import CountKeyStore
from app.reports.computation import compute_now
from app.responses.count import Step
from tests.attack.attackers import files_below
from tests.attack.canaries.installation import Installation
from tests.attack.canaries.people import Person, Visits
from tests.attack.canaries.scanner import Scanner
from tests.attack.test_linkage import data_files
from tests.factories import instrument_from, make_areas, make_collector, make_initiative, make_wave
from tests.integration.pages.test_trouble import failing_commit
from tests.integration.responses.cards import deal, keys_in
from tests.integration.responses.dying import BEFORE_THE_COMMIT, DyingCount
from tests.integration.responses.sheets import Wave, close
from tests.integration.retention.files import sample
from tests.surveys.read import FOLDER

KINDS: Final = ("baseline", "follow_up")
BROKEN_OFF: Final = 2
PATIENCE: Final = 120.0
SOME_FILES: Final = ("xlsx", "evidence_bundle")
REASON: Final = "The test looks for canaries"


@dataclass(frozen=True)
class Fieldwork:
    """Two waves that ask for a card and for memories, and one whose questionnaire is damaged."""

    waves: list[Wave]
    paths: list[str]
    people: list[list[Person]]
    damaged: str

    @property
    def lost(self) -> list[Person]:
        """In whose requests the process is killed."""
        return self.people[0][-BROKEN_OFF:]


def begin_fieldwork(
    database: Database, keys: CountKeyStore, folder: Path, number: int
) -> Fieldwork:
    linked = instrument_from(FOLDER / "linked.yaml")
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wished = {"state": "open", "keys": keys}
        made = [make_wave(session, initiative, kind=k, instrument=linked, **wished) for k in KINDS]
        waves = [Wave.of(wave) for wave in made]
        other = make_wave(session, **wished)
        damaged = make_collector(session, other).public_id
        is_it = InstrumentVersion.content_hash == other.instrument_hash
        session.execute(update(InstrumentVersion).where(is_it).values(document={"pages": 1}))
    web_keys = keys_in(folder)
    decks = [deal(database, web_keys, wave[:2], Batch(number + BROKEN_OFF)) for wave in waves]
    before = [Person.with_card(n, card.code) for n, card in enumerate(decks[0].cards)]
    cards_after = [card.code for card in decks[1].cards]
    after = [replace(p, code=code) for p, code in zip(before, cards_after, strict=True)]
    return Fieldwork(waves, [deck.path for deck in decks], [before, after], f"/s/{damaged}")


def everything_is_asked(
    installation: Installation, fieldwork: Fieldwork, database: Database
) -> tuple[int, list[bytes]]:
    """Until the process is killed with requests under way. Tells how many, and what was lost."""
    with installation.serving() as (running, port):
        visits = Visits(port)
        for path, people in zip(fieldwork.paths, fieldwork.people, strict=True):
            for person in people[:-BROKEN_OFF]:
                visits.stumble(person, path)
                visits.answer(person, path)
        someone, path = fieldwork.people[0][0], fieldwork.paths[0]
        assert visits.ask(someone, "GET", f"{fieldwork.damaged}?x={someone.query}")[0] == 500
        with failing_commit(database):
            assert visits.send(fieldwork.lost[0], path, visits.form(fieldwork.lost[0], path)) == 500
        installation.read_metrics(running, but=port)
        sent = visits.break_off(fieldwork.lost, path)
        assert running.signal(signal.SIGKILL) == -signal.SIGKILL
        visits.hang_up()
    return visits.requests, sent


def what_was_lost_is_sent_again(
    installation: Installation, fieldwork: Fieldwork, sent: list[bytes]
) -> None:
    with installation.serving() as (running, port):
        visits, path = Visits(port), fieldwork.paths[0]
        told = [visits.send(p, path, body) for p, body in zip(fieldwork.lost, sent, strict=True)]
        assert told == [200] * BROKEN_OFF
        assert running.signal(signal.SIGTERM) == 0


def a_count_dies_before_its_commit(
    installation: Installation, fieldwork: Fieldwork, database: Database, backups: BackupTarget
) -> None:
    """When everything is written, opened, and nothing is committed."""
    close(database, fieldwork.waves[0])
    env = installation.env
    stores = Path(env["RAPPORT_COUNT_KEY_STORE"]), Path(env["RAPPORT_COUNT_MASTER_FILE"])
    url, wave = env["RAPPORT_DATABASE_URL"], fieldwork.waves[0][:2]
    dying = DyingCount(url, *stores, backups, wave, Step.WRITE, BEFORE_THE_COMMIT)
    assert dying.run() == -signal.SIGKILL


def a_worker_dies_and_another_counts(
    installation: Installation, still_open: Sequence[Wave], database: Database
) -> None:
    with installation.running("worker") as running:
        running.wait_for("The worker waits for jobs")
        installation.read_metrics(running)
        for wave in still_open:
            close(database, wave)
        _wait_for_a_count(database)
        assert running.signal(signal.SIGKILL) == -signal.SIGKILL
    with database.writing() as session:  # as if the minute of its lease had passed
        session.execute(update(Job).where(Job.state == "running").values(lease_ends_at=clock.now()))
    installation.run("worker", "--until-empty")
    with database.reading() as session:
        counted = session.scalar(text("SELECT count(*) FROM wave WHERE state = 'counted'"))
        tags = session.scalar(text("SELECT count(*) FROM ledger"))
    assert (counted, tags) == (len(KINDS), 0)


def _wait_for_a_count(database: Database) -> None:
    ends = time.monotonic() + PATIENCE
    begun = select(Job.state).where(Job.kind == "count_wave", Job.state != "queued")
    while time.monotonic() < ends:
        with database.reading() as session:
            if session.scalars(begun).first():
                return
        time.sleep(0.005)
    raise AssertionError("the worker never began to count")


def files_are_taken(
    installation: Installation, fieldwork: Fieldwork, database: Database, kinds: Sequence[str]
) -> None:
    agency_id, before, after = *fieldwork.waves[0][:2], fieldwork.waves[1].wave_id
    report = compute_now(database, agency_id, before_wave_id=before, after_wave_id=after)
    for download in DOWNLOADS:
        if download.kind in kinds:
            subject = report if download.of == "report" else after
            file = installation.places["exports"] / f"{download.kind}.{download.ending}"
            with file.open("wb") as sink, database.reading() as session:
                wanted = Wanted(download.kind, subject, "en")
                write_download(session, agency_id, wanted, sink, lambda _told: None)


@pytest.fixture
def postgres_programs_or_none(request: pytest.FixtureRequest, database: Database) -> Path | None:
    return None if database.is_sqlite else request.getfixturevalue("postgres_programs")


@pytest.fixture
def installation(
    database: Database, tmp_path: Path, postgres_programs_or_none: Path | None
) -> Installation:
    return Installation(database, tmp_path, postgres_programs_or_none)


@dataclass(frozen=True)
class Search:
    """Looks for everything that was brought, in all there is."""

    installation: Installation
    scanner: Scanner
    database: Database
    folder: Path
    request: pytest.FixtureRequest

    def found(self) -> dict[str, set[str]]:
        sample(self.database)
        # SQLite loses its locks when this process closes a file that it has open itself.
        self.database.dispose()
        files = {*data_files(self.database, self.request), *files_below(self.folder)}
        programs = self.request.getfixturevalue("postgres_programs_or_none")
        said = self.installation.said.items()
        return {
            **self.scanner.found_in_files(sorted(files), programs),
            **{name: told for name, words in said if (told := self.scanner.found_in(words))},
        }


@pytest.fixture
def fieldwork(
    database: Database, count_keys: CountKeyStore, tmp_path: Path, number_of_people: int
) -> Fieldwork:
    return begin_fieldwork(database, count_keys, tmp_path, number_of_people)


@pytest.fixture
def search(
    installation: Installation,
    fieldwork: Fieldwork,
    database: Database,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> Search:
    people = (person for group in fieldwork.people for person in group)
    scanner = Scanner(dict(needle for person in people for needle in person.needles()))
    return Search(installation, scanner, database, tmp_path, request)


@pytest.mark.parametrize("number_of_people", [3])
def test_nothing_that_people_brought_is_found_anywhere(
    installation: Installation, database: Database, fieldwork: Fieldwork, search: Search
) -> None:
    requests, _ = everything_is_asked(installation, fieldwork, database)
    assert requests > 100
    assert search.found() == {}
    a_worker_dies_and_another_counts(installation, fieldwork.waves, database)
    files_are_taken(installation, fieldwork, database, SOME_FILES)
    assert search.found() == {}
    log = b"".join(installation.said.values())
    assert log.count(b"rapport.web: ") == 2  # the two faults, by their place


@pytest.mark.proof
@pytest.mark.parametrize("number_of_people", [300])
def test_nothing_is_found_after_ten_thousand_requests_and_every_kind_of_death(
    installation: Installation,
    database: Database,
    backups: BackupTarget,
    fieldwork: Fieldwork,
    search: Search,
) -> None:
    requests, sent = everything_is_asked(installation, fieldwork, database)
    assert requests >= 10_000
    assert search.found() == {}
    what_was_lost_is_sent_again(installation, fieldwork, sent)
    a_count_dies_before_its_commit(installation, fieldwork, database, backups)
    assert search.found() == {}
    a_worker_dies_and_another_counts(installation, fieldwork.waves[1:], database)
    files_are_taken(
        installation,
        fieldwork,
        database,
        [each.kind for each in DOWNLOADS if each.of in {"wave", "report"}],
    )
    source = fieldwork.waves[0].agency_id + fieldwork.waves[1].wave_id
    file = installation.places["exports"] / "again.csv"
    installation.run("export", source, "csv_labels", str(file), "--reason", REASON)
    installation.run("backup", str(installation.places["cwd"] / "kept"))
    assert search.found() == {}
