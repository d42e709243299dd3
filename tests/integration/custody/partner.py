"""A community partner with a computer of their own: folders, a passphrase, the command line."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from app.cli.program import program
from app.db import Database
from app.initiatives import custody
from app.initiatives.opening import open_wave
from app.privacy.count_keys import CountKeyStore
from app.responses.custody.service import intake_lines, sealed_intake
from tests.factories import make_areas, make_initiative, make_wave
from tests.integration.commands.rapport import environment, run
from tests.integration.responses.sheets import Wave

PASSPHRASE = "three herons by the old mill"


@dataclass(frozen=True)
class Partner:
    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Partner:
        for place in ("stick", "safe", "desk"):
            (folder / place).mkdir(parents=True)
        (folder / "passphrase").write_text(PASSPHRASE + "\n")
        return cls(folder)

    @property
    def copies(self) -> tuple[Path, Path]:
        return (
            self.folder / "stick" / "rapport-partner-1.key",
            self.folder / "safe" / "rapport-partner-2.key",
        )

    def does(self, *arguments: str) -> str:
        """What the command printed to hand on; raises what it refused with."""
        secret = ("--passphrase-file", str(self.folder / "passphrase"))
        done = CliRunner().invoke(program, ["partner", *arguments, *secret])
        if done.exception is not None:
            raise done.exception
        return done.stdout

    def new_key(self) -> str:
        places = [str(copy.parent) for copy in self.copies]
        return self.does("new-key", "--to", places[0], "--to", places[1])

    def tries(self, challenge: dict[str, str], copy: int) -> str:
        file = self.given("challenge.json", json.dumps(challenge).encode())
        return self.does("try", str(file), "--key", str(self.copies[copy - 1]))

    def counts(self, sealed: bytes) -> list[bytes]:
        """In a process of its own, as it hardens itself."""
        file, to = self.given("sealed.rapport", sealed), self.folder / "desk"
        secret = ("--passphrase-file", str(self.folder / "passphrase"))
        key = ("--key", str(self.copies[1]))
        env = environment(f"sqlite:///{self.folder / 'no.db'}", self.folder)
        done = run("partner", "count", str(file), *key, "--to", str(to), *secret, env=env)
        assert done.returncode == 0, done.stderr
        written = sorted(to.glob("opened-*.rapport"))
        assert {path.stat().st_mode & 0o777 for path in written} == {0o600}, "they are in clear"
        return [path.read_bytes() for path in written]

    def destroys(self, release: dict[str, Any]) -> str:
        file = self.given("release.json", json.dumps(release).encode())
        keys = [part for copy in self.copies for part in ("--key", str(copy))]
        return self.does("destroy", str(file), *keys)

    def given(self, name: str, content: bytes) -> Path:
        file = self.folder / "desk" / name
        file.write_bytes(content)
        return file


def drafted(database: Database) -> tuple[str, str]:
    with database.writing() as session:
        initiative = make_initiative(session)
        make_areas(session, initiative)
        wave = make_wave(session, initiative, languages=("en", "es"))
        return wave.agency_id, wave.id


def entrusted(database: Database, partner: Partner, key: tuple[str, str]) -> None:
    with database.writing() as session:
        custody.entrust_key(
            session, *key, holder="Riverside Neighbours", public_part=partner.new_key()
        )
    for copy in (1, 2):
        with database.writing() as session:
            answer = partner.tries(custody.challenge_of(session, *key), copy)
            assert custody.confirm_copy(session, *key, answer) == copy


def opened(database: Database, keys: CountKeyStore, key: tuple[str, str]) -> Wave:
    with database.writing() as session:
        return Wave.of(open_wave(session, keys, *key, draft_decision="The board of the tests"))


def sealed_file(database: Database, key: tuple[str, str]) -> bytes:
    with database.reading() as session:
        intake = sealed_intake(session, *key)
    return b"".join(intake_lines(database, key[0], intake))
