"""The one source of the present moment, so that tests and jobs can hold it still."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)
