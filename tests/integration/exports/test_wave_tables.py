"""What a data file holds is what the report was computed from."""

from __future__ import annotations

import csv
import io

from app.db import Database
from app.exports.answers import wave_table
from app.initiatives.service import get_wave
from app.reports.gathering import gather_bundle
from app.reports.paradata import COLUMNS
from tests.integration.reports.waves import TwoWaves


def test_the_answers_of_a_wave_are_those_of_the_bundle_in_the_same_order(
    database: Database, waves: TwoWaves
) -> None:
    with database.reading() as session:
        bundle = gather_bundle(session, waves.agency_id, waves.before, waves.after)
        table = wave_table(session, get_wave(session, waves.agency_id, waves.after))
        rows = list(table.rows())
    packed = list(csv.DictReader(io.StringIO(bundle.responses_after)))
    assert len(rows) == table.n_rows == len(packed) > 30
    columns = [variable.id for variable in table.columns]
    for row, other in zip(rows, packed, strict=True):
        told = dict(zip(columns, row, strict=True))
        for name, cell in other.items():
            if name not in COLUMNS:
                assert cell == ("" if told[name] is None else str(told[name])), name
        assert all(told[name] is not None for name in COLUMNS)


def test_a_code_beside_the_answers_means_the_same_in_both_waves(
    database: Database, waves: TwoWaves
) -> None:
    with database.reading() as session:
        books = [
            wave_table(session, get_wave(session, waves.agency_id, wave)).codebook
            for wave in (waves.before, waves.after)
        ]
    before, after = ({name: book.variable(name).categories for name in COLUMNS} for book in books)
    assert before == after
