"""A real server process, started by the launcher as in production, over a database of the test."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.integration.commands.rapport import started

READY: Final = "Rapport answers at "
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
    }
    with started("serve", "--port", str(port), env=environment) as server:
        line = server.wait_for(READY)
        yield line.removeprefix(READY).split(" ")[0].strip()
        server.signal(signal.SIGTERM)
