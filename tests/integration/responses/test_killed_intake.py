"""A web process is killed while it thanks respondents: whoever was thanked is in the intake."""

from __future__ import annotations

from sqlalchemy import select, text

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id
from app.privacy.seal import SealOpener
from app.responses.intake import Acceptance
from app.responses.sheet import Sheet
from app.responses.tables import intake
from tests.integration.responses.dying import SHEET, DyingIntake
from tests.integration.responses.sheets import Wave, send, sheet

ROUNDS = 5


def test_whoever_was_thanked_by_a_killed_process_is_in_the_intake(
    database: Database, wave: Wave, count_keys: CountKeyStore
) -> None:
    address = database.url.render_as_string(hide_password=False)
    thanked: set[bytes] = set()
    for sheets in range(40, 40 + 17 * ROUNDS, 17):
        thanked |= DyingIntake(address, wave).thanked_before_death(sheets)
    with database.reading() as session:
        found = {row.id: row.ct for row in session.execute(select(intake))}
        if database.is_sqlite:
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
    assert {intake_id(nonce) for nonce in thanked} <= found.keys()
    opener = SealOpener(count_keys.unlock(wave.wave_id, wave.public_key), wave.wave_id)
    assert all(Sheet.from_bytes(opener.open(ct)) == SHEET for ct in found.values())

    again = send(database, *((wave, nonce, sheet()) for nonce in thanked))
    assert set(again) == {Acceptance.ALREADY_ARRIVED}
    with database.reading() as session:
        assert len(session.scalars(select(intake.c.id)).all()) == len(found)
