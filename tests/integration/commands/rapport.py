"""The command `rapport` in a process of its own, as an operator starts it."""

from __future__ import annotations

import gc
import io
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.process import BaseProcess
from pathlib import Path

from app.cli import main
from tests.forking import forks

PATIENCE = 250.0  # less than a test may take, so that what was said is told


def environment(database_url: str, folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    return own | {
        "RAPPORT_DATABASE_URL": database_url,
        "RAPPORT_WEB_KEY_STORE": str(folder / "web-keys"),
        "RAPPORT_WEB_MASTER_FILE": str(folder / "secrets" / "web-master"),
        "RAPPORT_COUNT_KEY_STORE": str(folder / "count-keys"),
        "RAPPORT_COUNT_MASTER_FILE": str(folder / "secrets" / "count-master"),
        "COLUMNS": "200",
    }


class Running:
    def __init__(self, process: BaseProcess, told: Path) -> None:
        self._process = process
        self._told = told
        self._last: str | None = None

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def said(self) -> str:
        return self._told.read_text("utf-8") if self._last is None else self._last

    @property
    def lines(self) -> list[str]:
        return self.said.splitlines(keepends=True)

    @property
    def has_ended(self) -> bool:
        return self._process.exitcode is not None

    def wait_for(self, words: str) -> str:
        """The line with these words, once it was said."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            for line in self.lines:
                if words in line and line.endswith("\n"):
                    return line
            assert not self.has_ended, f"it ended and had said: {self.said}"
            time.sleep(0.02)
        raise AssertionError(f"{words!r} was never said, but: {self.said}")

    def send(self, number: int) -> None:
        """A signal. One who has ended needs none."""
        if not self.has_ended:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def ended(self, seconds: float = PATIENCE) -> int:
        """The exit code."""
        self._process.join(seconds)
        assert self._process.exitcode is not None, f"it goes on, and has said: {self.said}"
        return self._process.exitcode

    def signal(self, number: int) -> int:
        """Send a signal and return the exit code."""
        self.send(number)
        return self.ended()

    def end(self) -> None:
        self._process.kill()
        self._process.join()
        self._last = self.said


def run(
    *arguments: str, env: Mapping[str, str], cwd: Path | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    with tempfile.TemporaryDirectory() as folder:
        streams = _streams(Path(folder), "out", "err", typed)
        running = Running(_forked(arguments, env, cwd, streams), streams[1])
        try:
            code = running.ended()
        finally:
            running.end()
        out, err = (file.read_text("utf-8") for file in streams[1:])
        return subprocess.CompletedProcess(arguments, code, out, err)


@contextmanager
def started(
    *arguments: str,
    env: Mapping[str, str],
    cwd: Path | None = None,
    main: Callable[[], None] = main,
) -> Iterator[Running]:
    with tempfile.TemporaryDirectory() as folder:
        streams = _streams(Path(folder), "said", "said", "")
        running = Running(_forked(arguments, env, cwd, streams, main), streams[1])
        try:
            yield running
        finally:
            running.end()


def _streams(folder: Path, out: str, err: str, typed: str) -> Sequence[Path]:
    """Its standard input, output and errors."""
    streams = [folder / name for name in ("typed", out, err)]
    for stream in streams:
        stream.touch()
    streams[0].write_text(typed, "utf-8")
    return streams


def _forked(
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None,
    streams: Sequence[Path],
    main: Callable[[], None] = main,
) -> BaseProcess:
    process = forks.Process(target=_be_rapport, args=(arguments, dict(env), cwd, streams, main))
    process.start()
    return process


def _be_rapport(
    arguments: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None,
    streams: Sequence[Path],
    main: Callable[[], None],
) -> None:
    """What differs between a new interpreter and a fork of one that has imported the program."""
    gc.freeze()
    for number, stream in enumerate(streams):
        opened = os.open(stream, os.O_RDWR | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin = io.TextIOWrapper(open(0, "rb", closefd=False))  # noqa: SIM115 - a descriptor
    for told in (sys.stdout, sys.stderr):
        assert isinstance(told, io.TextIOWrapper)
        told.reconfigure(line_buffering=True)
    os.environ.clear()
    os.environ.update(env)
    tempfile.tempdir = None
    if cwd is not None:
        os.chdir(cwd)
    sys.argv = ["rapport", *arguments]
    main()
