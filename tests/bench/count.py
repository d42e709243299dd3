"""Opening a closed wave: the whole count, against opening the seals alone."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import numpy as np

from app.cli.process.garbage import collect_seldom
from app.db import Database
from app.initiatives.fielding import close_wave
from app.instruments.sheet import decode_sheet
from app.privacy.count_keys import CountKeyStore
from app.privacy.identifiers import intake_id, new_nonce
from app.privacy.seal import SealOpener, seal
from app.responses import store
from app.responses.count import count_wave
from app.responses.sheet import Sheet
from app.responses.store import SealedSheet
from app.web.forms import FORM_TYPE, read_form
from tests.bench.installation import Installation, installed
from tests.bench.measure import Measure

SHEETS: Final = 100_000
QUICK_SHEETS: Final = 200
DIFFERENT_SHEETS: Final = 2000  # drawing more takes longer than the count
SHEETS_A_BATCH: Final = 200
SEED: Final = 20261120
MOST_TIMES_THE_CRYPTOGRAPHY: Final = 2
MOST_SECONDS: Final = 10


def _sheets(installation: Installation, number: int) -> list[bytes]:
    collector = installation.collector
    sheets = []
    for body in installation.sheets(number, np.random.default_rng(SEED)):
        form = read_form(body, FORM_TYPE)
        del form["_token"], form["_lang"]
        decoded = decode_sheet(collector.instrument, form, collector.wave_kind, collector.areas)
        sheet = Sheet("en", collector.mode, collector.recruitment, None, 0, decoded.answers)
        sheets.append(sheet.to_bytes())
    return sheets


def fill_box(installation: Installation, database: Database, number: int) -> list[bytes]:
    """Seals each sheet on its own and stores it as the way in does; the sealed sheets."""
    collector = installation.collector
    different = _sheets(installation, min(number, DIFFERENT_SHEETS))
    wave = collector.agency_id, collector.wave_id
    public_key = collector.public_key or b""
    sealed: list[bytes] = []
    while len(sealed) < number:
        batch = [
            SealedSheet(*wave, intake_id(new_nonce()), seal(sheet, public_key, collector.wave_id))
            for sheet in different[:SHEETS_A_BATCH]
        ]
        different = different[SHEETS_A_BATCH:] + different[:SHEETS_A_BATCH]
        with database.writing() as session:
            store.add_sheets(session.connection(), batch, is_sqlite=database.is_sqlite)
        sealed += [sheet.ct for sheet in batch]
    with database.writing() as session:
        close_wave(session, *wave, grace=timedelta(0))
    return sealed


def measure_count(*, is_quick: bool) -> Iterator[Measure]:
    with installed() as installation:
        database = Database(installation.database_url)
        sealed = fill_box(installation, database, QUICK_SHEETS if is_quick else SHEETS)
        keys = CountKeyStore(
            installation.folder / "count-keys", installation.folder / "secrets" / "count-master"
        )
        wave = installation.collector.agency_id, installation.collector.wave_id
        opener = SealOpener(keys.unlock(wave[1], installation.collector.public_key or b""), wave[1])
        collect_seldom()  # as a worker does when it starts
        began = time.process_time()
        for ct in sealed:
            opener.open(ct)
        cryptography = time.process_time() - began
        began, began_wall = time.process_time(), time.perf_counter()
        counted = count_wave(database, keys, *wave, backups=None)
        used, waited = time.process_time() - began, time.perf_counter() - began_wall
        database.dispose()
    if counted.manifest["responses"] != len(sealed):
        raise RuntimeError(f"{counted.manifest} is no count of {len(sealed)} sheets")
    what = f"wave of {len(sealed):,} counted"
    yield Measure(
        f"{what}, CPU",
        used,
        "s",
        "the cryptography alone",
        cryptography,
        at_most=MOST_TIMES_THE_CRYPTOGRAPHY,
        of_ratio=True,
    )
    yield Measure(f"{what}, waiting", waited, "s", at_most=MOST_SECONDS)
    yield Measure("one sheet counted, CPU", 1e6 * used / len(sealed), "µs")
