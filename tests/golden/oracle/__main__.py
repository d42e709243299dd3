"""How many digits agree with R, case by case.

    python -m tests.golden.oracle

Runs the golden tests and tells what they compared: a line a case, then `N passed, M failed`.
A case passes when every number was compared and agrees within its tolerance, but for those that
`left_out.py` names with a reason.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import pytest

from tests.golden.cases import JOURNAL, Case, Compared, case_ids, load_case
from tests.golden.oracle import left_out

FOLDER: Final = Path(__file__).parents[1]


def main() -> int:
    tests = [
        str(file) for file in FOLDER.glob("test_*.py") if "load_case" in file.read_text("utf-8")
    ]
    failed_tests = pytest.main(["-q", "--no-header", "--tb=short", *tests])
    compared: defaultdict[str, list[Compared]] = defaultdict(list)
    for entry in JOURNAL:
        compared[entry.case_id].append(entry)
    failed = 0
    for case in map(load_case, case_ids()):
        entries = compared[case.id]
        problems = list(problems_of(case, entries, left_out.NUMBERS.get(case.id, {})))
        failed += bool(problems)
        sys.stdout.write(_line(case, entries, problems))
    for case_id, reason in left_out.CASES.items():
        sys.stdout.write(f"{case_id:5} left out: {reason}\n")
    sys.stdout.write(f"{len(case_ids()) - failed} passed, {failed} failed\n")
    return 1 if failed or failed_tests else 0


def problems_of(
    case: Case, entries: Sequence[Compared], reasons: left_out.Reasons
) -> Iterator[str]:
    """What keeps a case from passing: numbers that differ, were not compared, or need no reason."""
    names = {entry.name for entry in entries}
    for entry in entries:
        if not entry.agrees:
            yield f"{entry.name} differs"
    for name in case.names():
        has_reason = any(_begins(name, start) for start in reasons)
        if name not in names and not has_reason:
            yield f"{name} was not compared"
        if name in names and has_reason:
            yield f"{name} is named as left out and was compared"
    for start in reasons:
        if not any(_begins(name, start) for name in case.names()):
            yield f"{start} is named as left out, and R gives no such number"


def _begins(name: str, start: str) -> bool:
    return name == start or name.startswith((f"{start} ", f"{start}["))


def _line(case: Case, entries: Sequence[Compared], problems: Sequence[str]) -> str:
    numbers = len({entry.name for entry in entries})
    digits = min((entry.digits for entry in entries), default=0.0)
    told = f"{case.id:5} {digits:4.1f} digits over {numbers:3} of {len(case.names()):3} numbers"
    state = "FAILED: " + "; ".join(problems[:3]) if problems else "passed"
    return f"{told}  {state}  {case.title}\n"


if __name__ == "__main__":
    sys.exit(main())
