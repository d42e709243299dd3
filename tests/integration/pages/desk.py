"""A desk at which staff enter paper sheets, as far as the server can tell."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Final
from urllib.parse import urlencode

from fastapi.testclient import TestClient
from httpx2 import Response

from app.web.forms import FORM_TYPE
from tests.integration.accounts.people import STAFF_PASSWORD
from tests.integration.accounts.staff_site import Browser

SHEET: Final = {"t1": "4", "q1": "2", "q2": "-1", "met": "1", "heard": "5"}


class EntryPage(HTMLParser):
    """Its words, and its lines in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.inputs: list[dict[str, str]] = []
        self.words: list[str] = []
        self.feed(html)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "input":
            self.inputs.append({name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class Desk:
    """One tab of one member of staff, without script."""

    def __init__(self, client: TestClient, path: str, language: str = "en") -> None:
        self._client = client
        self._path = path
        self.answer = client.get(path, params={"lang": language})

    @property
    def page(self) -> EntryPage:
        return EntryPage(self.answer.text)

    @property
    def hidden(self) -> dict[str, str]:
        return {a["name"]: a["value"] for a in self.page.inputs if a.get("type") == "hidden"}

    @property
    def lines(self) -> list[str]:
        return [a["name"] for a in self.page.inputs if a.get("type") != "hidden"]

    @property
    def typed(self) -> dict[str, str]:
        shown = {a["name"]: a["value"] for a in self.page.inputs if a.get("type") != "hidden"}
        return {name: value for name, value in shown.items() if value}

    def press(self, typed: Mapping[str, str], **changes: str) -> Response:
        form = dict.fromkeys(self.lines, "") | dict(typed) | self.hidden | changes
        self.answer = self._client.post(
            self._path,
            content=urlencode(form),
            headers={"content-type": FORM_TYPE, "sec-fetch-site": "same-origin"},
        )
        return self.answer


def sign_in(client: TestClient, email: str) -> None:
    entered = Browser(client).post("/staff/sign-in", {"email": email, "password": STAFF_PASSWORD})
    assert entered.status_code == 200
