"""SPSS .sav: codes with their labels; the codes of missing answers are declared user-missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pyreadstat

from analysis.bundle import Sink
from analysis.codebook import RESERVED_CODES, Variable
from app.exports.answers import AnswerTable
from app.exports.formats.row_frame import RowFrame, exactly, memory_file, pour
from app.exports.words import cut_to_bytes, in_language

# Limits in bytes of the labels of a variable, of a value, of the file (PSPP, System File Format).
LONGEST_VARIABLE_LABEL: Final = 255
LONGEST_VALUE_LABEL: Final = 120
LONGEST_FILE_LABEL: Final = 64
MEASURES: Final[Mapping[str, str]] = {
    "ordinal": "ordinal",
    "nominal": "nominal",
    "binary": "nominal",
    "numeric": "scale",
}


def write_sav(table: AnswerTable, language: str, sink: Sink) -> None:
    columns = table.columns
    frame: Any = RowFrame([v.id for v in columns], table.n_rows, exactly(table))
    with memory_file() as (descriptor, path):
        pyreadstat.write_sav(
            frame,
            path,
            file_label=cut_to_bytes(
                in_language(table.codebook.title, language), LONGEST_FILE_LABEL
            ),
            column_labels={
                v.id: cut_to_bytes(in_language(v.text, language), LONGEST_VARIABLE_LABEL)
                for v in columns
            },
            row_compress=True,
            variable_value_labels={v.id: _labels(v, language) for v in columns if v.categories},
            missing_ranges={v.id: ranges for v in columns if (ranges := missing_ranges(v))},
            variable_measure={v.id: MEASURES[v.level] for v in columns},
            variable_format={v.id: "F8.0" for v in columns},
        )
        pour(descriptor, sink)


def missing_ranges(variable: Variable) -> list[Any]:
    """The format takes one range and one code more: the reserved codes are that range.

    Further codes join the range where they continue it; of what is left only one can be declared,
    and the labels of the rest say that they are missing.
    """
    codes = sorted(c.code for c in variable.categories if c.is_missing)
    reserved = [code for code in codes if code in RESERVED_CODES]
    if not reserved:
        return [*codes[:3]]
    low, high = reserved[0], reserved[-1]
    rest = [code for code in codes if code > high]
    while rest and rest[0] == high + 1:
        high = rest.pop(0)
    return [{"lo": low, "hi": high}, *rest[:1]]


def _labels(variable: Variable, language: str) -> dict[int | float, str]:
    return {
        c.code: cut_to_bytes(in_language(c.label, language), LONGEST_VALUE_LABEL)
        for c in variable.categories
    }
