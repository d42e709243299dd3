"""`python -m tests.scale`: two waves of a million answers from the way in to the downloads.

What came out of a run, and on which machine, stands in docs/scale.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.scale.steps import steps

PEOPLE: Final = 1_000_000


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("--people", type=int, default=PEOPLE, help="answers in each wave")
    parser.add_argument("--database", help="an empty PostgreSQL instead of SQLite in a folder")
    chosen = parser.parse_args(arguments)
    sys.stdout.write(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}; {chosen.people:,} answers a wave\n"
    )
    with TemporaryDirectory(prefix="rapport-scale-") as name:
        url = chosen.database or f"sqlite:///{name}/rapport.db"
        for what, found in steps(url, Path(name), chosen.people):
            sys.stdout.write(
                f"{what:48} {found.seconds:8.1f} s {found.cpu_seconds:8.1f} s CPU "
                f"{found.mebibytes:7.0f} MiB  {found.said}\n"
            )
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
