"""One respondent's answers and paradata, as they lie inside the seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from types import NoneType
from typing import Any, Final

from pydantic_core import from_json, to_json

SHEET_FORMAT: Final = 1


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
        return to_json(document)

    @classmethod
    def from_bytes(cls, content: bytes) -> Sheet:
        """Raises ValueError when the content is not a sheet; the answers are not judged here."""
        document: Any = from_json(content, allow_inf_nan=False, cache_strings="keys")
        if not isinstance(document, dict) or document.pop("format", None) != SHEET_FORMAT:
            raise ValueError("not a sheet of a known format")
        if document.keys() != _PARTS:
            raise ValueError("a part of the sheet is missing or unknown")
        parts = _in_order(document)
        if tuple(map(type, parts)) not in _KINDS:
            raise ValueError("a part of the sheet is of the wrong kind")
        return cls(*parts)


_PARTS: Final = Sheet.__dataclass_fields__.keys()
_in_order: Final = itemgetter(*_PARTS)
_KINDS: Final = frozenset((str, str, str, area, int, dict, dict, list) for area in (int, NoneType))
