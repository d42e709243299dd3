"""The staff pages over a database, and a browser that keeps its cookie."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.web.forms import FORM_TYPE
from tests.integration.accounts.people import OWNER_PASSWORD, phone_code

Fields = Mapping[str, str | Sequence[str]]


class Browser:
    """Keeps its cookie, follows redirects, sends forms as browsers do."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def get(self, path: str, **more: str) -> Response:
        return self._client.get(path, headers=more)

    def post(self, path: str, fields: Fields | None = None, **more: str) -> Response:
        return self._client.post(
            path,
            data=dict(fields or {}),
            headers={"content-type": FORM_TYPE, "sec-fetch-site": "same-origin", **more},
        )

    def send(self, path: str, body: str) -> Response:
        """A form already written out, as a resident's page makes it."""
        return self._client.post(
            path, content=body, headers={"content-type": FORM_TYPE, "sec-fetch-site": "same-origin"}
        )

    def upload(
        self,
        path: str,
        field: str,
        content: bytes,
        fields: Fields | None = None,
        **headers: str,
    ) -> Response:
        """A form with a file that somebody chose."""
        return self._client.post(
            path,
            data=dict(fields or {}),
            files={field: ("file", content, "application/octet-stream")},
            headers={"sec-fetch-site": "same-origin", **headers},
        )

    def write_tally(self) -> None:
        """What the web process would write when more have come, or before it ends."""
        app = self._client.app
        assert isinstance(app, FastAPI)
        app.state.tally.write(is_last=True)


def staff_site(database: Database, tmp_path: Path, base_url: str) -> TestClient:
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        base_url=base_url,
        web_key_store=tmp_path / "web-keys",
        web_master_file=tmp_path / "secrets" / "web-master",
    )
    return TestClient(create_app(settings), base_url=base_url)


def enter_enrolled(browser: Browser, email: str, password: str = OWNER_PASSWORD) -> Response:
    page = browser.post("/staff/sign-in", {"email": email, "password": password})
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert shown is not None
    code = phone_code(shown[1], datetime.now(UTC))
    return browser.post("/staff/second-factor", {"code": code})
