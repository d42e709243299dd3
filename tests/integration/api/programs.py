"""Programs that call the API over the database of a test, and what they are given to start with."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fastapi.testclient import TestClient
from httpx2 import Response

from app.accounts.api_tokens import SCOPES, make_api_token
from app.accounts.roles import Role
from app.accounts.signing_in import SignedIn, Standing
from app.accounts.staff import invite
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.factories import make_agency

PREFIX: Final = "/api/v1"
SITE: Final = "https://rapport.example"
INITIATIVE: Final = {
    "title": {"en": "Walking beats"},
    "police_name": {"en": "Riverside Police"},
    "notice": {"run_by": {"en": "Riverside Neighbours"}},
}
BASELINE: Final = {
    "kind": "baseline",
    "label": {"en": "Before"},
    "languages": ["en"],
    "instrument": "core_trust",
}


@dataclass(frozen=True)
class Program:
    """Calls with its token."""

    client: TestClient
    token: str
    agency_id: str

    def get(self, path: str, **query: Any) -> Response:
        return self.client.get(PREFIX + path, params=query, headers=self._headers())

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        sent = self._headers() | {name.replace("_", "-"): text for name, text in headers.items()}
        return self.client.post(PREFIX + path, json={} if body is None else body, headers=sent)

    def put(self, path: str, body: Any) -> Response:
        return self.client.put(PREFIX + path, json=body, headers=self._headers())

    def delete(self, path: str) -> Response:
        return self.client.delete(PREFIX + path, headers=self._headers())

    def made(self, path: str, body: Any) -> dict[str, Any]:
        answer = self.post(path, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}


def api_site(database: Database, folder: Path, **wish: Any) -> TestClient:
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        base_url=SITE,
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
        **wish,
    )
    return TestClient(create_app(settings), base_url=SITE)


def new_agency(database: Database, name: str = "Riverside Police and Neighbours") -> str:
    with database.writing() as session:
        return make_agency(session, name).agency_id


def token_for(
    database: Database,
    agency_id: str,
    *roles: Role,
    scopes: Collection[str] | None = None,
) -> str:
    """Of somebody who has these roles; with every scope that they may grant."""
    with database.writing() as session:
        email = f"{'-'.join(roles)}@{agency_id}.example"
        staff, _ = invite(session, agency_id, None, email=email, name="Ana Ruiz", roles=roles)
        signed_in = SignedIn(
            agency_id=agency_id,
            agency_name="",
            staff_id=staff.id,
            name=staff.name,
            email=staff.email,
            roles=tuple(roles),
            standing=Standing.COMPLETE,
            digest=b"",
        )
        granted = scopes or [scope for scope in SCOPES if signed_in.may(scope)]
        return make_api_token(session, signed_in, label="Tests", scopes=granted)
