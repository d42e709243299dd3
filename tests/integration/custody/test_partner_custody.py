"""A partner holds the key: made, tried, used and destroyed elsewhere; the server never sees it."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from sqlalchemy import text

from app.backups.target import BackupTarget
from app.db import Database
from app.errors import BadInput, Conflict, Misconfigured
from app.initiatives import custody
from app.initiatives.fielding import end_grace, request_opening
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.partner.key_file import new_key_files, open_key_file
from app.responses.count import Step, count_wave
from app.responses.count.by_partner import take_in_count
from app.responses.custody.sealed_intake import read_head, read_sheets
from app.responses.custody.service import take_part
from app.responses.service import read_responses
from tests.attack.attackers import files_below, needles_found
from tests.attack.test_keys import spellings
from tests.attack.test_linkage import data_files, without_log
from tests.integration.custody.partner import (
    PASSPHRASE,
    Partner,
    drafted,
    entrusted,
    opened,
    sealed_file,
)
from tests.integration.responses.sheets import fill, sheet

SHEETS = 40
Key = tuple[str, str]


@pytest.fixture
def partner(tmp_path: Path) -> Partner:
    return Partner.at(tmp_path / "partner")


@pytest.fixture
def closed(database: Database, count_keys: CountKeyStore, partner: Partner) -> Key:
    """A wave whose partner holds the key, answered and closed."""
    key = drafted(database)
    entrusted(database, partner, key)
    wave = opened(database, count_keys, key)
    rng = random.Random(5)
    fill(database, wave, [sheet(rng) for _ in range(SHEETS)])
    with database.writing() as session:
        end_grace(session, *key)
    return key


def handed_in(database: Database, key: Key, parts: list[bytes]) -> None:
    for place, part in enumerate(parts, 1):
        with database.writing() as session:
            assert take_part(session, *key, part) == (place, len(parts))


def test_a_partner_counts_and_destroys_and_the_server_never_holds_the_key(
    database: Database,
    count_keys: CountKeyStore,
    backups: BackupTarget,
    closed: Key,
    partner: Partner,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    private = open_key_file(partner.copies[0].read_text(), PASSPHRASE).private
    with pytest.raises(Conflict, match="Riverside Neighbours holds the key"):
        count_wave(database, count_keys, *closed, backups=backups)
    parts = partner.counts(sealed_file(database, closed))
    handed_in(database, closed, parts)
    opened = [part.partition(b"\n")[2][20:70] for part in parts]
    assert needles_found(data_files(database, request), opened) == len(parts)
    counted = take_in_count(database, *closed, backups=backups)
    assert needles_found(without_log(data_files(database, request)), opened) == 0
    assert counted.manifest["responses"] == SHEETS
    assert counted.key_state == "partner"
    with database.reading() as session:
        rng = random.Random(5)
        answers = sorted(str(dict(sorted(sheet(rng).answers.items()))) for _ in range(SHEETS))
        assert sorted(str(row.answers) for row in read_responses(session, *closed)) == answers
        for table in ("intake", "opened_part"):
            assert session.scalar(text(f"SELECT count(*) FROM {table}")) == 0  # noqa: S608 - two tables named here
    own = {*files_below(partner.folder)}
    servers = [file for file in files_below(tmp_path) if file not in own]
    everywhere = [*data_files(database, request), *servers]
    assert needles_found(everywhere, spellings(private)) == 0
    assert not count_keys.holds(closed[1])

    with database.writing() as session:
        wave, held = get_wave(session, *closed), custody.custody_of(session, *closed)
        assert held is not None
        release = custody.key_release(wave, held)
    assert release is not None
    certificate = partner.destroys(release)
    assert not any(copy.exists() for copy in partner.copies)
    with database.writing() as session:
        custody.take_certificate(session, *closed, certificate)
        assert get_wave(session, *closed).key_state == "destroyed"


def test_no_wave_opens_before_each_copy_has_opened_the_challenge(
    on_sqlite: Database, count_keys: CountKeyStore, partner: Partner
) -> None:
    key = drafted(on_sqlite)
    with on_sqlite.writing() as session:
        custody.entrust_key(session, *key, holder="Partner", public_part=partner.new_key())
        challenge = custody.challenge_of(session, *key)
    first = partner.tries(challenge, 1)
    for answer, lacking in (("0000-0000-0000-0000", "1 and 2"), (first, "2"), (first, "2")):
        with on_sqlite.writing() as session:
            if answer == first:
                assert custody.confirm_copy(session, *key, answer.lower()) == 1
            else:
                with pytest.raises(BadInput):
                    custody.confirm_copy(session, *key, answer)
            with pytest.raises(Conflict, match=f"copy {lacking} has not"):
                request_opening(session, *key, draft_decision="The board")
        with pytest.raises(Conflict, match=f"copy {lacking} has not"):
            opened(on_sqlite, count_keys, key)
    with on_sqlite.writing() as session:
        custody.confirm_copy(session, *key, partner.tries(challenge, 2))
    assert opened(on_sqlite, count_keys, key).public_key == bytes.fromhex(challenge["public"])
    with on_sqlite.writing() as session, pytest.raises(Conflict, match="before the wave opens"):
        custody.return_key_to_server(session, *key)


def test_whole_key_files_and_foreign_texts_are_refused_with_the_remedy(
    on_sqlite: Database, partner: Partner
) -> None:
    key = drafted(on_sqlite)
    whole = new_key_files(PASSPHRASE)[1]
    for pasted, told in ((whole, "never leave its holder"), ("{}", "new-key"), ("[1", "new-key")):
        with on_sqlite.writing() as session, pytest.raises(BadInput, match=told):
            custody.entrust_key(session, *key, holder="Partner", public_part=pasted)
    partner.new_key()
    with pytest.raises(BadInput, match="no key is overwritten"):
        partner.new_key()


def test_what_was_lost_or_altered_on_the_way_is_not_counted(
    database: Database, closed: Key, partner: Partner
) -> None:
    sealed = sealed_file(database, closed)
    head, *lines = sealed.splitlines(keepends=True)
    for spoilt in (lines[:-1], [*lines, lines[-1]], [*lines[:-1], lines[-1][:-9]], [b"[]"]):
        with pytest.raises(BadInput, match=r"[Dd]ownload"):
            list(read_sheets(spoilt, read_head(head)))
    for other in (b"{}", head[:-9], b"[" * 10_000):
        with pytest.raises(BadInput, match="Download it again"):
            read_head(other)
    part = partner.counts(sealed)[0]
    signed, _, body = part.partition(b"\n")
    altered = json.loads(signed)
    altered["statement"]["manifest"]["responses"] += 1
    rewritten = json.dumps(altered).encode() + b"\n" + body
    for spoilt in (rewritten, signed + b"\n" + body[:-1], signed, b""):
        with database.writing() as session, pytest.raises(BadInput):
            take_part(session, *closed, spoilt)


def test_a_count_that_is_interrupted_goes_on_and_is_released_only_after_its_backup(
    database: Database, closed: Key, backups: BackupTarget, partner: Partner
) -> None:
    parts = partner.counts(sealed_file(database, closed))
    with pytest.raises(Misconfigured, match="RAPPORT_BACKUP_FOLDER"):
        take_in_count(database, *closed, backups=None)
    with pytest.raises(Conflict, match="every part"):
        take_in_count(database, *closed, backups=backups)
    handed_in(database, closed, parts)

    def die_at(last: Step) -> None:
        def report(step: Step, _line: str) -> None:
            if step is last:
                raise InterruptedError(step.value)

        with pytest.raises(InterruptedError):
            take_in_count(database, *closed, backups=backups, report=report)
        with database.writing() as session:
            wave, held = get_wave(session, *closed), custody.custody_of(session, *closed)
            assert held is not None
            assert custody.key_release(wave, held) is None
            with pytest.raises(Conflict, match="Destroy no copy"):
                custody.take_certificate(session, *closed, "{}")

    for step in (Step.CLAIM, Step.OPEN, Step.WRITE, Step.BACKUP_AFTER):
        die_at(step)
    assert take_in_count(database, *closed, backups=backups).manifest["is_backed_up"]
    assert take_in_count(database, *closed, backups=backups).manifest["responses"] == SHEETS
