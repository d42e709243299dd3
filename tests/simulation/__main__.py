"""`python -m tests.simulation`: simulate at nightly size and write docs/coverage.md."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.simulation.cells import CELLS
from tests.simulation.coverage_page import write_page
from tests.simulation.runs import NIGHTLY, run_cells

if __name__ == "__main__":
    write_page(run_cells(CELLS, NIGHTLY), NIGHTLY, datetime.now(UTC).date())
