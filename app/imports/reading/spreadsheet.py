"""XLSX: opened in a process of its own, which may use so much memory and time and no more.

A workbook is a zip of XML that may swell without bound, and its reader brings libraries that the
web process does without.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from threading import BoundedSemaphore
from typing import Any, Final

from app.errors import BadInput, Unavailable
from app.imports.reading.table import MOST_COLUMNS, MOST_ROWS, Table

_PROGRAM: Final = "app.imports.reading.workbook"
_LONGEST_SECONDS: Final = 120
_PLACES: Final = BoundedSemaphore(2)  # each may take as much memory as `workbook` allows
_SPARING: Final = {"OPENBLAS_NUM_THREADS": "1"}  # each thread would claim memory of its own


def read_spreadsheet(content: bytes) -> Table:
    if not _PLACES.acquire(timeout=_LONGEST_SECONDS):
        raise Unavailable("imports.many_workbooks")
    try:
        return _opened(content)
    finally:
        _PLACES.release()


def _opened(content: bytes) -> Table:
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, our own module, no word of theirs
            [sys.executable, "-m", _PROGRAM],
            input=content,
            capture_output=True,
            timeout=_LONGEST_SECONDS,
            check=False,
            env=os.environ | _SPARING,
        )
    except subprocess.TimeoutExpired as exc:
        raise BadInput("imports.workbook_swollen", rows=MOST_ROWS, columns=MOST_COLUMNS) from exc
    if done.returncode:
        raise BadInput("imports.workbook_swollen", rows=MOST_ROWS, columns=MOST_COLUMNS)
    told: dict[str, Any] = json.loads(done.stdout)
    if "refused" in told:
        raise BadInput(told["refused"], **told["values"])
    return Table(told["rows"], f"XLSX, {told['sheet']}")
