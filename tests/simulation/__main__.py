"""`python -m tests.simulation [FIELDING ...]`: at nightly size, into docs/coverage.md."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from tests.simulation.cells import CELLS
from tests.simulation.coverage_page import write_page
from tests.simulation.runs import NIGHTLY, run_cells

if __name__ == "__main__":
    named = sys.argv[1:] or [cell.name for cell in CELLS]
    chosen = [cell for cell in CELLS if cell.name in named]
    write_page(run_cells(chosen, NIGHTLY), NIGHTLY, datetime.now(UTC).date())
