"""A running web process holds no statistics, and nothing that could open a sealed sheet."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

FORBIDDEN: Final = (
    *("numpy", "scipy", "pandas"),
    *("app.privacy.count_keys", "app.responses.count", "app.worker"),
    *("typst", "segno", "app.typesetting"),
    *("docx", "xlsxwriter", "app.reports.formats"),
    *("authlib", "joserfc"),
)
# Builds the site as `rapport serve` does, asks it for a page, then tells what it has imported.
PROCESS: Final = """
import json, sys
{planted}
from pathlib import Path
from fastapi.testclient import TestClient
from app.main import create_app
from app.settings import Settings
folder = Path(sys.argv[1])
site = create_app(Settings(
    database_url=sys.argv[2],
    web_key_store=folder / "web-keys",
    web_master_file=folder / "secrets" / "web-master",
))
with TestClient(site) as client:
    status = client.get("/s/0000000000000000").status_code
print(json.dumps([status, sorted(sys.modules)]))
"""


def _modules_of_a_web_process(folder: Path, database_url: str, planted: str = "") -> set[str]:
    outcome = subprocess.run(  # noqa: S603 - this interpreter, and the text above
        [sys.executable, "-c", PROCESS.format(planted=planted), str(folder), database_url],
        capture_output=True,
        text=True,
        check=True,
    )
    status, names = json.loads(outcome.stdout.splitlines()[-1])
    assert status == 404
    return set(names)


def forbidden_in(names: set[str]) -> list[str]:
    return [name for name in FORBIDDEN if name in names]


def test_the_web_process_imports_no_statistics_and_no_count_key(
    tmp_path: Path, sqlite_url: str
) -> None:
    names = _modules_of_a_web_process(tmp_path, sqlite_url)
    assert "app.responses.pages" in names
    assert forbidden_in(names) == []


def test_a_planted_import_is_seen_in_the_process(tmp_path: Path, sqlite_url: str) -> None:
    names = _modules_of_a_web_process(tmp_path, sqlite_url, planted="import numpy")
    assert forbidden_in(names) == ["numpy"]
