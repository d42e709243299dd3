"""What can be downloaded: a line for each. How it is written stands in `formats` and `bundles`.

The web process reads this list; it never imports what writes the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Subject = Literal["wave", "report"]


@dataclass(frozen=True, slots=True)
class Download:
    """has_answers: holds what single people answered, so rule R9 stands before it."""

    kind: str
    of: Subject
    ending: str
    media_type: str
    has_answers: bool = False


_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOWNLOADS: Final = (
    Download("csv_codes", "wave", "csv", "text/csv; charset=utf-8", has_answers=True),
    Download("csv_labels", "wave", "csv", "text/csv; charset=utf-8", has_answers=True),
    Download("xlsx", "wave", "xlsx", _XLSX, has_answers=True),
    Download("sav", "wave", "sav", "application/x-spss-sav", has_answers=True),
    Download("dta", "wave", "dta", "application/x-stata-dta", has_answers=True),
    Download("parquet", "wave", "parquet", "application/vnd.apache.parquet", has_answers=True),
)
BY_KIND: Final[Mapping[str, Download]] = {download.kind: download for download in DOWNLOADS}
