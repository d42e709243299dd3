"""Thousands of calls made from the OpenAPI document: right ones, wrong ones, one after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.accounts.api_tokens import SCOPES
from app.db import Database
from app.main import create_app
from app.settings import Settings
from tests.integration.api.programs import new_agency, token_for

# What the form allows and the agency's own state or the questionnaire's words do not.
SEMANTIC: Final = [403, 404, 409, 422]
LONGEST_CALL_SECONDS: Final = 600  # however busy the machine is
Told = Counter[str]


def _config(token: str, examples: int, seed: int) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"Authorization": f"Bearer {token}"},
            "request-timeout": LONGEST_CALL_SECONDS,
            "suppress-health-check": ["too_slow"],  # the same
            "generation": {"max-examples": examples, "deterministic": True, "database": "none"},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": ["2xx", *SEMANTIC]},
                "negative_data_rejection": {
                    "expected-statuses": [400, 401, 403, 404, 405, 409, 413, 422]
                },
            },
        }
    )


def _scenarios(
    site: ASGIApp, config: SchemathesisConfig, only: str | None
) -> Iterator[events.ScenarioFinished]:
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", site, config=config)
    chosen = schema if only is None else schema.include(path=only)
    for event in from_schema(chosen).execute():
        assert not isinstance(event, events.FatalError | events.NonFatalError), event
        if isinstance(event, events.ScenarioFinished):
            yield event


class Remembering:
    """Knows what was deleted: a creating call sent again is answered as the first time, though
    what it made is rightly not found any more."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.deleted: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_on(message: Message) -> None:
            if scope.get("method") == "DELETE" and message.get("status") == HTTPStatus.NO_CONTENT:
                self.deleted.add(scope["path"])
            await send(message)

        await self._app(scope, receive, send_on)

    def took_away(self, fault: str) -> bool:
        return "Created resource not found" in fault and any(one in fault for one in self.deleted)


def _called(
    site: ASGIApp, config: SchemathesisConfig, only: str | None = None
) -> tuple[int, Told, set[str]]:
    """How many calls, how often each kind of fault with one example, which operations."""
    calls, faults, operations = 0, Told(), set()
    remembering = Remembering(site)
    for scenario in _scenarios(remembering, config, only):
        recorder = scenario.recorder
        operations.add(recorder.label)
        calls += len(recorder.interactions)
        for checks in recorder.checks.values():
            for check in checks:
                if check.status is Status.FAILURE and check.failure_info is not None:
                    info = check.failure_info
                    fault = f"{recorder.label}: {info.failure}\n{info.code_sample}"
                    if not remembering.took_away(fault):
                        faults[fault] += 1
    return calls, faults, operations


def _site(database: Database, folder: Path) -> ASGIApp:
    return create_app(
        Settings(
            database_url=database.url.render_as_string(hide_password=False),
            web_key_store=folder / "web-keys",
            web_master_file=folder / "secrets" / "web-master",
            api_calls_a_minute=10**9,
        )
    )


def _hold(database: Database, folder: Path, examples: int, least: int, seed: int) -> None:
    token = token_for(database, new_agency(database), "owner", scopes=SCOPES)
    calls, faults, operations = _called(_site(database, folder), _config(token, examples, seed))
    assert not faults, "\n\n".join(f"{n} times {fault}" for fault, n in faults.most_common(5))
    assert calls >= least
    assert len(operations) > 25


def test_no_call_meets_anything_that_is_not_documented(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    _hold(database, tmp_path, examples=7, least=2000, seed=1)
    database.dispose()


@pytest.mark.proof
def test_nor_do_twenty_thousand(database: Database, tmp_path: Path) -> None:
    _hold(database, tmp_path, examples=400, least=20_000, seed=2)


class Forgetful:
    """A planted fault: one documented operation answers as if it had failed."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_failure(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["path"].endswith("/token"):
                message["status"] = 500
            await send(message)

        await self._app(scope, receive, send_failure)


def test_a_planted_fault_is_seen(sqlite_url: str, tmp_path: Path) -> None:
    database = Database(sqlite_url)
    token = token_for(database, new_agency(database), "owner", scopes=SCOPES)
    site = Forgetful(_site(database, tmp_path))
    _, faults, _ = _called(site, _config(token, 1, 1), only="/api/v1/token")
    assert any("Server error" in fault for fault in faults)
    database.dispose()
