"""A backup never comes to lie beside the keys that open what is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.cli.backups.backup import backup
from app.errors import BadInput


@pytest.mark.parametrize("place", [".", "count-keys", "secrets", "web-keys/older"])
def test_a_backup_beside_the_keys_is_refused(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "COUNT_KEY_STORE": "count-keys",
        "WEB_KEY_STORE": "web-keys",
        "COUNT_MASTER_FILE": "secrets/count-master",
        "WEB_MASTER_FILE": "secrets/web-master",
    }.items():
        monkeypatch.setenv(f"RAPPORT_{name}", str(tmp_path / value))
    with pytest.raises(BadInput, match="whoever found the backup"):
        backup(tmp_path / place)
