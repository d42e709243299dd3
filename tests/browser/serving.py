"""A real server process, started by the launcher as in production, over a database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

LAUNCHER: Final = "from app.cli import main; main()"
READY: Final = "Rapport answers at "
STOP_SECONDS: Final = 60
VISITOR_HEADER: Final = "X-Visitor"  # who sends none comes from this machine, and is not limited


@contextmanager
def running_server(database_url: str, folder: Path, port: int = 0) -> Iterator[str]:
    """The address it answers at. It takes a free port unless told which."""
    environment = os.environ | {
        "RAPPORT_ENVIRONMENT": "test",
        "RAPPORT_DATABASE_URL": database_url,
        "RAPPORT_ADDRESS_HEADER": VISITOR_HEADER,
        "RAPPORT_WEB_KEY_STORE": str(folder / "web-keys"),
        "RAPPORT_WEB_MASTER_FILE": str(folder / "secrets" / "web-master"),
        "PYTHONUNBUFFERED": "1",
    }
    server = subprocess.Popen(  # noqa: S603 - this interpreter, and the line above
        [sys.executable, "-c", LAUNCHER, "serve", "--port", str(port)],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert line.startswith(READY), f"the server did not start: {line!r}"
        yield line.removeprefix(READY).split(" ")[0].strip()
    finally:
        server.terminate()
        server.communicate(timeout=STOP_SECONDS)
