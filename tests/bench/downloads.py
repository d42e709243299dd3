"""A counted wave as files: from the database to the sealed chunks, against the bare writer."""

from __future__ import annotations

import csv
import io
import resource
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl
import pyreadstat
import xlsxwriter

from app.db import Database
from app.exports.answers import Row, wave_table
from app.exports.formats import DATA_FILES
from app.exports.kept import KeptFile
from app.initiatives.service import get_wave
from app.privacy.count_keys import CountKeyStore
from app.privacy.seal import new_wave_keys
from app.responses.count import count_wave
from tests.bench.count import fill_box
from tests.bench.installation import Installation, installed
from tests.bench.measure import Measure

ROWS: Final = 100_000
QUICK_ROWS: Final = 200
MOST_CSV_SECONDS: Final = 2.0
MOST_TIMES_THE_WRITER: Final = 2.0
MOST_TIMES_THE_MEMORY: Final = 1.5
# Constant memory first: what a later one needs would hide what it grows by.
KINDS: Final = ("csv_codes", "csv_labels", "sav", "dta", "parquet", "xlsx")


def measure_downloads(*, is_quick: bool) -> Iterator[Measure]:
    with installed() as installation:
        database = Database(installation.database_url, statement_seconds=600)
        _count(installation, database, QUICK_ROWS if is_quick else ROWS)
        wave = installation.collector.agency_id, installation.collector.wave_id
        yield from _measured(database, wave)
        database.dispose()


def _count(installation: Installation, database: Database, rows: int) -> None:
    fill_box(installation, database, rows)
    keys = CountKeyStore(
        installation.folder / "count-keys", installation.folder / "secrets" / "count-master"
    )
    wave = installation.collector.agency_id, installation.collector.wave_id
    count_wave(database, keys, *wave, backups=None)


def _measured(database: Database, wave: tuple[str, str]) -> Iterator[Measure]:
    taken: dict[str, float] = {}
    public = new_wave_keys().public
    for kind in KINDS:
        before = _peak_mb()
        started = time.perf_counter()
        kept = KeptFile(database, (wave[0], kind[:10]), public)
        with database.reading() as session:
            table = wave_table(session, get_wave(session, *wave))
            DATA_FILES[kind](table, "en", kept)
        kept.finish()
        taken[kind] = time.perf_counter() - started
        if kind == "csv_codes":
            yield Measure(
                f"peak memory while writing {table.n_rows:,} x {len(table.columns)} as CSV",
                _peak_mb(),
                "MB",
                "the process before it",
                before,
                at_most=MOST_TIMES_THE_MEMORY,
                of_ratio=True,
            )
    with database.reading() as session:
        table = wave_table(session, get_wave(session, *wave))
        rows = list(table.rows())
    names = [variable.id for variable in table.columns]
    bare = {kind: _seconds(write, names, rows) for kind, write in _BARE.items()}
    for kind in KINDS:
        yield Measure(
            f"{kind} of {len(rows):,} x {len(names)}, sealed and kept",
            taken[kind],
            "s",
            "the bare writer" if kind in bare else "",
            bare.get(kind),
            at_most={"csv_codes": MOST_CSV_SECONDS, "sav": MOST_TIMES_THE_WRITER}.get(kind),
            of_ratio=kind == "sav",
        )


def _bare_csv(names: Sequence[str], rows: list[Row]) -> None:
    writer = csv.writer(io.StringIO())
    writer.writerow(names)
    writer.writerows(rows)


def _bare_sav(names: Sequence[str], rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Int32), orient="row")
        pyreadstat.write_sav(frame, Path(folder) / "x.sav", row_compress=True)


def _bare_xlsx(_names: Sequence[str], rows: list[Row]) -> None:
    book = xlsxwriter.Workbook(io.BytesIO(), {"constant_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()


_BARE: Final[dict[str, Callable[[Sequence[str], list[Row]], None]]] = {
    "csv_codes": _bare_csv,
    "sav": _bare_sav,
    "xlsx": _bare_xlsx,
}


def _seconds(
    write: Callable[[Sequence[str], list[Row]], None], names: Sequence[str], rows: list[Row]
) -> float:
    started = time.perf_counter()
    write(names, rows)
    return time.perf_counter() - started


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
