"""An installation of which every file lies below one folder, and all that its processes say."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.db import Database
from tests.attack.canaries.people import HEADER
from tests.integration.commands.rapport import Running, environment, started

LISTENING: Final = "0A"


class Installation:
    def __init__(self, database: Database, folder: Path, postgres_programs: Path | None) -> None:
        address = database.url.render_as_string(hide_password=False)
        self.places = {name: folder / name for name in ("temporary", "home", "cwd", "exports")}
        for place in self.places.values():
            place.mkdir()
        self.env = environment(address, folder) | {
            "RAPPORT_ADDRESS_HEADER": HEADER,
            "RAPPORT_METRICS_ADDRESS": "127.0.0.1:0",
            "RAPPORT_BACKUP_FOLDER": str(folder / "backups"),
            "TMPDIR": str(self.places["temporary"]),
            "HOME": str(self.places["home"]),
        }
        if postgres_programs is not None:
            self.env["RAPPORT_POSTGRES_PROGRAMS"] = str(postgres_programs)
        self.said: dict[str, bytes] = {}

    @contextmanager
    def running(self, *command: str) -> Iterator[Running]:
        with started(*command, env=self.env, cwd=self.places["cwd"]) as running:
            yield running
        self.said[f"said by {' '.join(command)} ({len(self.said)})"] = running.said.encode()

    @contextmanager
    def serving(self) -> Iterator[tuple[Running, int]]:
        with self.running("serve", "--port", "0") as running:
            line = running.wait_for("Rapport answers at http://")
            yield running, int(line.split("http://")[1].split(" ")[0].rsplit(":", 1)[1])

    def run(self, *command: str) -> None:
        with self.running(*command) as running:
            assert running.ended(120) == 0, running.said

    def read_metrics(self, running: Running, *, but: int = 0) -> None:
        (port,) = ports_of(running.pid) - {but}
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=60) as answer:
            told = answer.read()
        assert b"rapport_" in told
        self.said[f"metrics ({len(self.said)})"] = told


def ports_of(process_id: int) -> set[int]:
    """Where a process listens, on its own word to the kernel."""
    links = (_target(file) for file in Path(f"/proc/{process_id}/fd").iterdir())
    sockets = {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
    rows = [row.split() for row in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]]
    return {
        int(row[1].split(":")[1], 16) for row in rows if row[3] == LISTENING and row[9] in sockets
    }


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""  # closed meanwhile
