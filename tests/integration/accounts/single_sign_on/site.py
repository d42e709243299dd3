"""A site with single sign-on, and a browser that goes to the provider and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient
from httpx2 import Response

from app.db import Database
from app.main import create_app
from app.settings import Settings
from app.web.forms import FORM_TYPE
from tests.integration.accounts.single_sign_on.identity_provider import (
    BETWEEN_US,
    CLIENT,
    Provider,
    signed_in_there,
)

SITE = "https://rapport.example"
HOME = "/staff"


class Visitor:
    """Follows no redirect by itself: each step is looked at."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, path: str, site: str = "same-origin") -> Response:
        return self.client.get(path, headers={"sec-fetch-site": site}, follow_redirects=False)

    def post(self, path: str, **fields: str) -> Response:
        headers = {"content-type": FORM_TYPE, "sec-fetch-site": "same-origin"}
        return self.client.post(path, data=fields, headers=headers, follow_redirects=False)

    def leave(self, path: str = "/staff/oidc") -> str:
        """The provider's address that the browser is sent to."""
        answer = self.get(path)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def enter(self, path: str = "/staff/oidc") -> Response:
        """The whole way. The answer is that of our own page that the provider sends back to."""
        return self.get(signed_in_there(self.leave(path)), "cross-site")

    def password(self, email: str, password: str) -> Response:
        return self.post("/staff/sign-in", email=email, password=password)


@contextmanager
def sso_site(database: Database, folder: Path, provider: Provider) -> Iterator[Visitor]:
    secret = folder / "oidc-secret"
    secret.write_text(f"{BETWEEN_US}\n", "utf-8")
    settings = Settings(
        database_url=database.url.render_as_string(hide_password=False),
        base_url=SITE,
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret_file=secret,
        oidc_name="City login",
    )
    with TestClient(create_app(settings), base_url=SITE) as client:
        yield Visitor(client)
