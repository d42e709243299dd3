"""What can be downloaded: a line for each. How it is written stands in `formats` and `bundles`.

The web process reads this list; it never imports what writes the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from app.accounts.roles import Duty
from app.reports.page.format_names import FORMAT_NAMES

Subject = Literal["wave", "report", "collector", "ways_in"]


@dataclass(frozen=True, slots=True)
class Download:
    """has_answers: holds what single people answered, so rule R9 stands before it.

    `ways_in` are all collectors of a wave, in one file.
    """

    kind: str
    of: Subject
    ending: str
    media_type: str
    has_answers: bool = False

    @property
    def is_printed(self) -> bool:
        """It hangs on a wall or lies on a table: whoever sees the fieldwork may have it."""
        return self.of in {"collector", "ways_in"}

    @property
    def duty(self) -> Duty:
        if self.has_answers:
            return "take_answers"
        return "see_fieldwork" if self.is_printed else "see_reports"


REPORT_FORMAT: Final = "report_{name}"
_ZIP: Final = "application/zip"
_PDF: Final = "application/pdf"
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOWNLOADS: Final = (
    Download("csv_codes", "wave", "csv", "text/csv; charset=utf-8", has_answers=True),
    Download("csv_labels", "wave", "csv", "text/csv; charset=utf-8", has_answers=True),
    Download("xlsx", "wave", "xlsx", _XLSX, has_answers=True),
    Download("sav", "wave", "sav", "application/x-spss-sav", has_answers=True),
    Download("dta", "wave", "dta", "application/x-stata-dta", has_answers=True),
    Download("parquet", "wave", "parquet", "application/vnd.apache.parquet", has_answers=True),
    Download("public_use", "wave", "zip", _ZIP, has_answers=True),
    Download("codebook_html", "wave", "html", "text/html; charset=utf-8"),
    Download("codebook_csv", "wave", "csv", "text/csv; charset=utf-8"),
    Download("codebook_ddi", "wave", "xml", "application/xml"),
    Download("evidence_bundle", "report", "zip", _ZIP, has_answers=True),
    Download("public_bundle", "report", "zip", _ZIP),
    *(
        Download(REPORT_FORMAT.format(name=kind.name), "report", kind.file_ending, kind.media_type)
        for kind in FORMAT_NAMES
    ),
    Download("poster_a4", "collector", "pdf", _PDF),
    Download("poster_letter", "collector", "pdf", _PDF),
    Download("paper_a4", "collector", "pdf", _PDF),
    Download("paper_letter", "collector", "pdf", _PDF),
    Download("posters_a4", "ways_in", "zip", _ZIP),
    Download("posters_letter", "ways_in", "zip", _ZIP),
)
BY_KIND: Final[Mapping[str, Download]] = {download.kind: download for download in DOWNLOADS}
