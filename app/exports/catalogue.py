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
    """has_answers: holds what single people answered, so rule R9 stands before it.

    extra: the optional library it needs.
    """

    kind: str
    of: Subject
    ending: str
    media_type: str
    has_answers: bool = False
    extra: str | None = None


DOWNLOADS: Final = (
    Download("csv_codes", "wave", "csv", "text/csv; charset=utf-8", has_answers=True),
    Download("csv_labels", "wave", "csv", "text/csv; charset=utf-8", has_answers=True),
)
BY_KIND: Final[Mapping[str, Download]] = {download.kind: download for download in DOWNLOADS}
