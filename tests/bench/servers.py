"""Starts the servers to be measured, each a process of its own, and reads what they use."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.installation import Installation

START_SECONDS: Final = 240  # however busy the machine is
STOP_SECONDS: Final = 15
CPU_CLOCK: Final = 2  # CPUCLOCK_SCHED of Linux
RAPPORT: Final = Path(sys.executable).with_name("rapport")


@dataclass(frozen=True)
class Server:
    origin: str
    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """User and system time so far, of all threads, to the nanosecond.

        The kernel's CPU clock of that process, numbered as clock_getcpuclockid(3) does: the ticks
        of ten milliseconds that /proc counts would show a few pages for nothing.
        """
        return time.clock_gettime((~self.pid << 3) | CPU_CLOCK)

    def resident_mebibytes(self) -> float:
        pages = int(Path(f"/proc/{self.pid}/statm").read_text("ascii").split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


@contextmanager
def held_port() -> Iterator[int]:
    """Bound and never listening: a server may share the port, nobody else is given it."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


@contextmanager
def _running(
    command: Sequence[str | Path], port: int, environment: dict[str, str]
) -> Iterator[Server]:
    origin = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(  # noqa: S603 - a program of this checkout
        command, env=os.environ | environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    try:
        _wait_until_it_answers(origin, process)
        yield Server(origin, port, process.pid)
    finally:
        process.terminate()
        try:
            process.communicate(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def _wait_until_it_answers(origin: str, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + START_SECONDS
    while time.monotonic() < ends:
        if process.poll() is not None:
            said = process.stderr.read().decode() if process.stderr else ""
            raise RuntimeError(f"the server stopped at once: {said}")
        try:
            urllib.request.urlopen(f"{origin}/healthz", timeout=1).close()  # noqa: S310 - http, here
        except urllib.error.HTTPError:
            return  # an echo knows no such page, but it answers
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the server did not answer within {START_SECONDS} s")


@contextmanager
def echo(kind: str) -> Iterator[Server]:
    with held_port() as port:
        command = [sys.executable, "-m", "tests.bench.echo", kind, str(port)]
        with _running(command, port, {}) as server:
            yield server


@contextmanager
def rapport(installation: Installation) -> Iterator[Server]:
    with held_port() as port:
        environment = installation.environment | {"RAPPORT_BASE_URL": f"http://127.0.0.1:{port}"}
        with _running([RAPPORT, "serve", "--port", str(port)], port, environment) as server:
            yield server
