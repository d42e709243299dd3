"""Stores a wave that its partner has counted: the same steps, without the key.

What the server can check, it checks: who counted (the signature), that every sealed sheet is
accounted for, and that each opened one is a sheet that this wave can have asked for. That the
partner opened them truly nobody else can check: this is what makes it theirs to keep.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.errors import BadInput, Conflict, Misconfigured
from app.initiatives.fielding import note_in_manifest
from app.responses.checking import Quarantined
from app.responses.count.counting import Counted, Counting
from app.responses.count.opening import Opened, refuse_doubtful
from app.responses.count.steps import Report, Step
from app.responses.custody import store
from app.responses.custody.opened_sheets import Part, unpack
from app.responses.custody.service import arrived_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.backups.target import BackupTarget
    from app.db import Database

TOLD: str = (
    "The wave is counted by its partner, and a backup of it was proved. The partner may destroy "
    "the key now."
)


def take_in_count(
    database: Database,
    agency_id: str,
    wave_id: str,
    *,
    backups: BackupTarget | None,
    report: Report = lambda _step, _line: None,
) -> Counted:
    """Safe to repeat at any time, like `count_wave`."""
    if backups is None:
        raise Misconfigured("count.no_backup_folder")
    counting = Counting(database, agency_id, wave_id, backups, report)
    if not counting.is_written():
        _store(counting)
    manifest, key_state = counting.written()
    if not manifest.get("is_backed_up"):
        counting.scrub()
        counting.backup_after(backups)
        manifest["is_backed_up"] = True
        with database.writing() as session:
            note_in_manifest(session, *counting.wave, {"is_backed_up": True})
    return Counted(manifest, key_state, TOLD)


def _store(counting: Counting) -> None:
    with counting.database.reading() as session:
        parts = arrived_parts(session, *counting.wave)
    if not parts or len(parts) != parts[0].parts:
        raise Conflict("count.parts_lacking")
    counting.prepare()
    counting.report(Step.OPEN, "taking in the opened sheets")
    opened = _opened(parts)
    refuse_doubtful(opened, counting.report)
    _refuse_foreign(counting, opened)
    counting.report(Step.MATCH, "a wave that its partner counts is not linked to another")
    manifest = counting.shuffle(opened) | {"counted_by": "partner"}
    counting.write(opened, manifest, also=lambda s: store.remove_parts(s, *counting.wave))


def _opened(parts: Sequence[Part]) -> Opened:
    """Refused when the rows are not those that the partner's signature names."""
    stated: dict[str, Any] = dict(parts[0].statement["manifest"])
    rows, words = unpack(parts)
    opened = Opened(stated["intake"], rows, words, stated["quarantined"], stated["tests"])
    if opened.manifest() != stated:
        raise BadInput("count.other_sheets")
    return opened


def _refuse_foreign(counting: Counting, opened: Opened) -> None:
    asked = counting.asked()
    try:
        for _, row in opened.rows:
            asked.check_row(row)
        for _, written in opened.words:
            asked.check_words(written)
    except Quarantined as exc:
        raise BadInput("count.foreign_row", why=exc.reason) from exc
