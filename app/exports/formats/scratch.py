"""Where files of single answers are put together that cannot be poured out as they are made."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

PREFIX: Final = "rapport-download-"


@contextmanager
def scratch_folder() -> Iterator[str]:
    """For our account only, and gone afterwards, unless the process is killed."""
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder:
        yield folder


def clear_scratch(before: datetime) -> None:
    """What killed processes left behind; none that still writes is that old."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError):
            found = left.lstat()
            is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
            if is_ours and found.st_mtime < before.timestamp():
                shutil.rmtree(left, ignore_errors=True)
