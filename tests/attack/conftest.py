from __future__ import annotations

from tests.integration.conftest import backups
from tests.integration.responses.conftest import wave

__all__ = ["backups", "wave"]
