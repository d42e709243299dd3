"""The command `rapport` in a process of its own, as an operator starts it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

PATIENCE = 250.0  # less than a test may take, so that what was said is told
MAIN = "from app.cli import main; main()"


def environment(database_url: str, folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    return own | {
        "RAPPORT_DATABASE_URL": database_url,
        "RAPPORT_WEB_KEY_STORE": str(folder / "web-keys"),
        "RAPPORT_WEB_MASTER_FILE": str(folder / "secrets" / "web-master"),
        "RAPPORT_COUNT_KEY_STORE": str(folder / "count-keys"),
        "RAPPORT_COUNT_MASTER_FILE": str(folder / "secrets" / "count-master"),
        "PYTHONUNBUFFERED": "1",
        "COLUMNS": "200",
    }


@dataclass
class Running:
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    @property
    def said(self) -> str:
        return "".join(self.lines)

    def wait_for(self, words: str) -> str:
        """The line with these words, once it was said."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            for line in self.lines:
                if words in line:
                    return line
            assert self.process.poll() is None, f"it ended and had said: {self.said}"
            time.sleep(0.02)
        raise AssertionError(f"{words!r} was never said, but: {self.said}")

    def signal(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(PATIENCE)


def run(*arguments: str, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", MAIN, *arguments],
        env=dict(env),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@contextmanager
def started(
    *arguments: str, env: Mapping[str, str], cwd: Path | None = None, main: str = MAIN
) -> Iterator[Running]:
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", main, *arguments],
        env=dict(env),
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    running = Running(process)
    reader = threading.Thread(target=running.read, daemon=True)
    reader.start()
    try:
        yield running
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        reader.join()
        assert process.stdout is not None
        process.stdout.close()
