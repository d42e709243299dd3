"""What a copy of the database must hold beside the right number of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.db import Database


def check_contents(copy: Database) -> None:
    """The answers of every counted wave are those its count wrote; every audit log is whole."""
    from app.accounts.audit import AuditBreak, verify_audit_log
    from app.accounts.service import list_agencies
    from app.backups.failure import BackupFailed
    from app.responses.service import check_counted_waves

    check_counted_waves(copy)
    with copy.reading() as session:
        for agency in list_agencies(session):
            told = verify_audit_log(session, agency.agency_id)
            if isinstance(told, AuditBreak):
                raise BackupFailed(
                    f"The audit log of {agency.name} does not hold: {told.reason}. "
                    "`rapport audit verify` shows whether the database in use has the same break."
                )
