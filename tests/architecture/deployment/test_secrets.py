"""The secrets that an operator makes by the deployment page fit what the program asks for."""

from __future__ import annotations

from pathlib import Path
from stat import S_IMODE

from app.privacy.key_store import KeyStore
from tests.architecture.documents.pages import page
from tests.architecture.documents.test_snippets import run_console


def _made(folder: Path) -> Path:
    for info, body in page("docs/deployment.md").code():
        if info == "console tested":
            assert run_console(body, folder) == ""
    return folder / "secrets"


def test_the_secrets_of_the_deployment_page_open_the_key_stores(tmp_path: Path) -> None:
    secrets = _made(tmp_path)
    for name in ("web", "count"):
        store = KeyStore(tmp_path / f"{name}-keys", secrets / f"{name}-master")
        assert store.keep("trial", b"key")
        assert store.get("trial") == b"key"


def test_the_secrets_differ_and_belong_to_their_owner_alone(tmp_path: Path) -> None:
    files = list(_made(tmp_path).iterdir())
    assert len({file.read_bytes() for file in files}) == len(files) == 4
    assert {S_IMODE(file.stat().st_mode) for file in files} == {0o600}


def test_the_password_file_names_the_password_of_the_server(tmp_path: Path) -> None:
    """For every database of the server: a backup is restored into one beside."""
    secrets = _made(tmp_path)
    password = (secrets / "postgres-password").read_text("ascii")
    assert (secrets / "pgpass").read_text("ascii") == f"postgres:5432:*:rapport:{password}\n"
