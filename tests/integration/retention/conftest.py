from __future__ import annotations

from tests.integration.accounts.conftest import owner  # noqa: F401 - the same owner
from tests.integration.console.conftest import browser, worker_settings  # noqa: F401 - the same
