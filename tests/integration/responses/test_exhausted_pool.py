"""When every connection is taken, sheets are refused soon, and taken again once one is free."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack

import pytest
from sqlalchemy import func, select, text

from app.db import Database
from app.errors import Unavailable
from app.privacy.count_keys import CountKeyStore
from app.responses.intake import Acceptance, Writer, accept_response, intake_writer
from app.responses.tables import intake
from tests.integration.responses.sheets import Wave, running, sealed_wave, sheet

CONNECTIONS = 3
SHEETS = 20


def send(writer: Writer, wave: Wave, nonces: list[bytes]) -> list[Acceptance | BaseException]:
    async def together() -> list[Acceptance | BaseException]:
        sendings = (accept_response(writer, wave, nonce, sheet()) for nonce in nonces)
        return await asyncio.gather(*sendings, return_exceptions=True)

    return asyncio.run(together())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_all_are_refused_while_every_connection_is_taken_and_then_it_recovers(
    database: Database, count_keys: CountKeyStore
) -> None:
    wave = sealed_wave(database, count_keys)
    nonces = [os.urandom(16) for _ in range(SHEETS)]
    small = Database(database.url.render_as_string(hide_password=False), pool_size=CONNECTIONS)
    with running(intake_writer(small)) as writer:
        with ExitStack() as stack:
            for _ in range(CONNECTIONS):
                stack.enter_context(small.reading()).execute(text("SELECT 1"))
            refused = send(writer, wave, nonces)
        assert all(isinstance(outcome, Unavailable) for outcome in refused)
        assert set(send(writer, wave, nonces)) <= {Acceptance.STORED, Acceptance.ALREADY_ARRIVED}
    small.dispose()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(intake)) == SHEETS
