from __future__ import annotations

from tests.integration.responses.conftest import backups, postgres_programs, wave

__all__ = ["backups", "postgres_programs", "wave"]
