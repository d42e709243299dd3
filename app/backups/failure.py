"""Why there is no backup."""

from __future__ import annotations

import errno
from typing import Final

from app.errors import AppError, Phrase

_FAULTS: Final = {
    errno.ENOSPC: "no_space",
    errno.EDQUOT: "no_space",
    errno.EACCES: "no_permission",
    errno.EPERM: "no_permission",
    errno.EROFS: "read_only",
    errno.ENOENT: "no_folder",
    errno.ENOTDIR: "not_a_folder",
    errno.EIO: "disk_fault",
}


class BackupFailed(AppError):
    """No copy was kept; the message says what stood in the way."""

    code = "backup_failed"


def told_fault(fault: OSError) -> Phrase | str:
    """In the words of the system where it is a rare one."""
    name = _FAULTS.get(fault.errno or 0)
    return fault.strerror or str(fault) if name is None else Phrase(f"backups.fault_{name}")
