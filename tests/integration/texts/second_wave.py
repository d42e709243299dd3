"""An after wave of the same questions, so that there is a result to quote beside."""

from __future__ import annotations

from app.db import Database
from app.initiatives.service import get_initiative
from app.privacy.count_keys import CountKeyStore
from app.responses.count import count_wave
from app.responses.sheet import Sheet
from tests.factories import make_wave
from tests.integration.responses.sheets import Wave, fill
from tests.integration.retention.files import PEOPLE, SURVEY, Answered


def follow_up(database: Database, keys: CountKeyStore, wave: Answered) -> str:
    with database.writing() as session:
        initiative = get_initiative(session, *wave.key)
        made = make_wave(
            session,
            initiative,
            kind="follow_up",
            state="open",
            keys=keys,
            instrument=SURVEY,
            languages=("en", "es"),
        )
        after = Wave.of(made)
    sheets = [
        Sheet("en", "phone_web", "open", None, 0, {"met": 1 + place % 2, "number": place}, {})
        for place in range(PEOPLE)
    ]
    fill(database, after, sheets)
    count_wave(database, keys, after.agency_id, after.wave_id, backups=None)
    return after.wave_id
