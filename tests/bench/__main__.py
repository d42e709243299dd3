"""`python -m tests.bench`: speed, one measure a line, each beside its reference of the same run."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator
from typing import Final

from tests.bench.answer_sheets import measure_answer_sheets
from tests.bench.comparison import measure_comparison
from tests.bench.count import measure_count
from tests.bench.downloads import measure_downloads
from tests.bench.first_page import measure_first_page
from tests.bench.importing import measure_import
from tests.bench.measure import Measure
from tests.bench.report_files import measure_report_files
from tests.bench.report_page import measure_report_page

Bench = Callable[..., Iterator[Measure]]
BENCHES: Final[dict[str, Bench]] = {
    "first-page": measure_first_page,
    "answer-sheets": measure_answer_sheets,
    "count": measure_count,
    "import": measure_import,
    "comparison": measure_comparison,
    "report-page": measure_report_page,
    "report-files": measure_report_files,
    "downloads": measure_downloads,
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does it still run?")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - BENCHES.keys():
        parser.error(f"there is no bench named {', '.join(sorted(unknown))}")
    sys.stdout.write(
        f"{platform.platform()}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"load {os.getloadavg()[0]:.1f}{', quick: figures mean nothing' * chosen.quick}\n"
    )
    missed = 0
    for name in chosen.names or BENCHES:
        sys.stdout.write(f"\n{name}\n")
        for measure in BENCHES[name](is_quick=chosen.quick):
            sys.stdout.write(f"  {measure.line()}\n")
            sys.stdout.flush()
            missed += measure.is_met is False
    sys.stdout.write(f"\n{missed} targets missed\n" if missed else "\nevery target met\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
