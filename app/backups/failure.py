from __future__ import annotations

from app.errors import AppError


class BackupFailed(AppError):
    """No copy was kept; the message says what stood in the way."""

    code = "backup_failed"
