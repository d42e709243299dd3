"""Runs the command `rapport` as a shell does: another process, its words and its exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[3]
_COMMAND: Final = "from app.cli import main; main()"


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def rapport(*words: object, environment: Mapping[str, str] | None = None) -> Ran:
    done = subprocess.run(  # noqa: S603 - this interpreter, our own command
        [sys.executable, "-c", _COMMAND, *map(str, words)],
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
