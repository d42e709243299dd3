"""A table of answers as CSV text, whatever program saved it."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from analysis.refusals import Refusal

Columns = Mapping[str, Sequence[Any]]


def read_answers(path: Path) -> str:
    """The file's answers as the CSV text that `read_wave` reads.

    .csv as it stands; .sav and .zsav (SPSS), .dta (Stata) where pyreadstat is installed, .parquet
    where pyarrow is. Codes, not labels, are read; system-missing is empty.
    Refuses (`Refusal`): another kind of file, a missing library, text that is not UTF-8, a file
    that the library cannot read.
    """
    reader = _READERS.get(path.suffix.casefold())
    if reader is None:
        known = ", ".join(_READERS)
        raise Refusal(f"{path}: files of this kind are not read; save it as one of {known}")
    return reader(path)


def read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Refusal(f"{path}: not UTF-8 text; save it as CSV in UTF-8") from exc


def columns_as_csv(columns: Columns) -> str:
    """Whole numbers without a decimal point; None and NaN as empty cells."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    cells = ([_cell(value) for value in column] for column in columns.values())
    writer.writerows(zip(*cells, strict=True))
    return out.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return ""
    return int(value) if value.is_integer() else value


def _spss(path: Path) -> str:
    """User-missing values are codes too: the codebook knows them."""
    try:
        import pyreadstat  # noqa: PLC0415 - optional
    except ImportError as exc:
        raise _without("pyreadstat", path) from exc
    return _read(
        path, lambda: pyreadstat.read_sav(str(path), output_format="dict", user_missing=True)[0]
    )


def _stata(path: Path) -> str:
    try:
        import pyreadstat  # noqa: PLC0415 - optional
    except ImportError as exc:
        raise _without("pyreadstat", path) from exc
    return _read(path, lambda: pyreadstat.read_dta(str(path), output_format="dict")[0])


def _parquet(path: Path) -> str:
    try:
        import pyarrow.parquet  # noqa: PLC0415 - optional
    except ImportError as exc:
        raise _without("pyarrow", path) from exc
    return _read(path, lambda: pyarrow.parquet.read_table(path).to_pydict())


def _read(path: Path, columns: Callable[[], Columns]) -> str:
    with path.open("rb"):
        pass  # says that a file is absent before a library does in its own words
    try:
        return columns_as_csv(columns())
    except Exception as exc:  # the libraries' own kinds, which are not here to be named
        raise Refusal(f"{path}: cannot be read as {path.suffix} ({exc}); save it again") from exc


def _without(library: str, path: Path) -> Refusal:
    return Refusal(
        f"{path}: {path.suffix} files need the library {library}, which is not installed; install "
        f"it (`pip install {library}`), or save the file as CSV in UTF-8"
    )


_READERS: Final[Mapping[str, Callable[[Path], str]]] = {
    ".csv": read_text,
    ".sav": _spss,
    ".zsav": _spss,
    ".dta": _stata,
    ".parquet": _parquet,
}
