"""From sealed sheets to rows without a name: decrypt, check, shuffle. No database and no clock.

The worker runs this where the server holds the key, and the partner's own computer where the
partner does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from app.errors import Conflict
from app.responses.checking import Asked, Quarantined
from app.responses.count.matching import Coded, Side
from app.responses.count.steps import Report, Step
from app.responses.quality import Quality
from app.responses.rows import OpenedRow, ShuffledRows, WrittenWords
from app.responses.service import ROWS_HASH, WORDS_HASH

if TYPE_CHECKING:
    from app.privacy.seal import SealOpener

TOLD_AGAIN_AFTER: Final = 5000  # sheets
BEARABLE_QUARANTINE: Final = 10  # sheets, or one in twenty: more means that something is wrong
BEARABLE_SHARE: Final = 0.05
TEST_CARD: Final = int(Quality.TEST_CARD)  # plain numbers are compared ten times as fast


@dataclass(frozen=True, slots=True)
class Opened:
    """What came out of the sealed sheets. It is in memory only."""

    sheets: int
    rows: ShuffledRows[OpenedRow]
    words: ShuffledRows[WrittenWords]
    quarantined: Mapping[str, int]
    tests: int
    codes: Side = field(default_factory=dict)

    def manifest(self) -> dict[str, Any]:
        """The order of the fresh ids is the random order; the hashes fix it for good."""
        return {
            "intake": self.sheets,
            "responses": len(self.rows),
            "quarantined": dict(self.quarantined),
            "words": len(self.words),
            "tests": self.tests,
            ROWS_HASH: self.rows.hash(),
            WORDS_HASH: self.words.hash(),
        }


def open_sheets(
    asked: Asked, opener: SealOpener, sealed: Iterable[bytes], sheets: int, report: Report
) -> Opened:
    """Each opened sheet gets a fresh random id at once; in memory it lies by that id."""
    rows, words = ShuffledRows(OpenedRow), ShuffledRows(WrittenWords)
    codes: dict[bytes, Coded] = {}
    quarantined, tests = Counter[str](), 0
    for seen, ct in enumerate(sealed, 1):
        try:
            opened = asked.open_and_check(opener, ct)
        except Quarantined as exc:
            quarantined[exc.reason] += 1
        else:
            if opened.row.quality & TEST_CARD:
                tests += 1
            else:
                response_id = rows.add(opened.row)
                if opened.tags:
                    codes[response_id] = Coded(opened.tags, opened.row.area)
                words.add_all(opened.words)
        if seen % TOLD_AGAIN_AFTER == 0 or seen == sheets:
            report(Step.OPEN, f"opened {seen:,} of {sheets:,} sheets")
    return Opened(sheets, rows, words, quarantined, tests, codes)


def refuse_doubtful(opened: Opened, report: Report) -> None:
    report(Step.CHECK, "checking the sheets")
    quarantined, sheets = sum(opened.quarantined.values()), opened.sheets
    if len(opened.rows) + opened.tests + quarantined != sheets:
        raise Conflict(
            "count.sheets_missing",
            opened=len(opened.rows) + opened.tests,
            quarantined=quarantined,
            sheets=sheets,
        )
    if quarantined > max(BEARABLE_QUARANTINE, BEARABLE_SHARE * sheets):
        reasons = ", ".join(f"{n} {reason}" for reason, n in sorted(opened.quarantined.items()))
        raise Conflict(
            "count.many_quarantined", quarantined=quarantined, sheets=sheets, reasons=reasons
        )
