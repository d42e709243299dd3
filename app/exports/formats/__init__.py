"""How each kind of data file is written: a line for each, by the names of the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analysis.bundle import Sink
from app.exports.answers import AnswerTable
from app.exports.bundles.public_use import write_public_use
from app.exports.formats import csv_files, parquet, spss, stata, workbook

Write = Callable[[AnswerTable, str, Sink], None]

DATA_FILES: Final[Mapping[str, Write]] = {
    "csv_codes": csv_files.write_codes,
    "csv_labels": csv_files.write_labels,
    "xlsx": workbook.write_xlsx,
    "sav": spss.write_sav,
    "dta": stata.write_dta,
    "parquet": parquet.write_parquet,
    "public_use": write_public_use,
}
