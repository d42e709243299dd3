"""One respondent's answers and paradata, as they lie inside the seal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any, Final

SHEET_FORMAT: Final = 1
_read: Final = json.JSONDecoder().decode
_spell: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Sheet:
    """All that is kept of one respondent. It exists in clear only until `accept_response`.

    `words` are what was written in the respondent's own: the count parts them from the rest.
    `tags` are what the respondent's own code became, where they are to be linked.
    """

    language: str
    mode: str
    recruitment: str
    area: int | None
    quality: int
    answers: Mapping[str, int | list[int]]
    words: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = field(default_factory=list)

    def to_bytes(self) -> bytes:
        document = {
            "format": SHEET_FORMAT,
            "language": self.language,
            "mode": self.mode,
            "recruitment": self.recruitment,
            "area": self.area,
            "quality": self.quality,
            "answers": self.answers,
            "words": self.words,
            "tags": list(self.tags),
        }
        return _spell(document).encode()

    @classmethod
    def from_bytes(cls, content: bytes) -> Sheet:
        """Raises ValueError when the content is not a sheet; the answers are not judged here."""
        try:
            document: Any = _read(content.decode())  # without guessing the encoding
        except RecursionError as exc:
            raise ValueError("nested too deeply to be a sheet") from exc
        if not isinstance(document, dict) or document.pop("format", None) != SHEET_FORMAT:
            raise ValueError("not a sheet of a known format")
        if document.keys() != _PARTS.keys() or not all(
            type(document[part]) in kinds for part, kinds in _PARTS.items()
        ):
            raise ValueError("a part of the sheet is missing, unknown or of the wrong kind")
        return cls(**document)


_PARTS: Final[Mapping[str, tuple[type, ...]]] = {
    "language": (str,),
    "mode": (str,),
    "recruitment": (str,),
    "area": (int, NoneType),
    "quality": (int,),
    "answers": (dict,),
    "words": (dict,),
    "tags": (list,),
}
