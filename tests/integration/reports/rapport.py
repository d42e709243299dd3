"""Runs the command `rapport` as a shell does: another process, its words and its exit code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from tests.integration.commands.rapport import run

ROOT: Final = Path(__file__).parents[3]


class Ran(NamedTuple):
    code: int
    out: str
    err: str


def rapport(*words: object, environment: Mapping[str, str] | None = None) -> Ran:
    done = run(*map(str, words), env={**os.environ, **(environment or {})}, cwd=ROOT)
    return Ran(done.returncode, done.stdout, done.stderr)
