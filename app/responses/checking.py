"""Whether an opened sheet is one that this wave can have asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.instruments.model import Instrument
from app.instruments.sheet import check_sheet
from app.privacy.seal import SealBroken, SealOpener
from app.questions.contract import AreaChoice
from app.questions.schema import WaveKind
from app.responses.rows import OpenedRow, OpenedSheet, WrittenWords
from app.responses.sheet import Sheet

_TAG: Final = re.compile(r"[0-9a-f]{32}")
_WORD: Final = re.compile(r"[a-z_]{1,20}")
HIGHEST_QUALITY: Final = 2**31 - 1


class Quarantined(Exception):
    """The sheet cannot be counted; the reason is all that is kept of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sheets of one wave are judged by."""

    instrument: Instrument
    wave_kind: WaveKind
    languages: frozenset[str]
    areas: tuple[AreaChoice, ...]

    def open_and_check(self, opener: SealOpener, ct: bytes) -> OpenedSheet:
        try:
            sheet = Sheet.from_bytes(opener.open(ct))
        except SealBroken:
            raise Quarantined("broken_seal") from None
        except ValueError:
            raise Quarantined("not_a_sheet") from None
        self._check(sheet)
        return OpenedSheet.of(sheet)

    def check_row(self, row: OpenedRow) -> None:
        """Judge what was opened elsewhere; the words were parted from it there."""
        try:
            sheet = Sheet(**{**row._asdict(), "answers": json.loads(row.answers)})
            sheet = Sheet.from_bytes(sheet.to_bytes())
        except (ValueError, TypeError, RecursionError):
            raise Quarantined("not_a_sheet") from None
        if OpenedRow.of(sheet) != row:
            raise Quarantined("not_a_sheet")
        self._check(sheet)

    def check_words(self, written: WrittenWords) -> None:
        worded = {question.id: question for question in self.instrument.worded(self.wave_kind)}
        question = worded.get(written.question)
        if question is None or question.check(written.text, ()) is not None:
            raise Quarantined("answers_do_not_fit")

    def _check(self, sheet: Sheet) -> None:
        if not (_WORD.fullmatch(sheet.mode) and _WORD.fullmatch(sheet.recruitment)):
            raise Quarantined("unknown_mode")
        if not 0 <= sheet.quality <= HIGHEST_QUALITY:
            raise Quarantined("unknown_quality")
        if not _are_tags(sheet.tags, len(self.instrument.code_elements(self.wave_kind))):
            raise Quarantined("unknown_tags")
        if sheet.language not in self.languages:
            raise Quarantined("unknown_language")
        if sheet.area is not None and all(sheet.area != area.code for area in self.areas):
            raise Quarantined("unknown_area")
        answered = (self.instrument, sheet.answers, self.wave_kind, self.areas, sheet.words)
        if check_sheet(*answered):
            raise Quarantined("answers_do_not_fit")


def _are_tags(tags: Sequence[object], elements: int) -> bool:
    """None, or one of the whole code and one for each element left out."""
    return not tags or (
        len(tags) == elements + 1
        and elements > 0
        and all(isinstance(tag, str) and _TAG.fullmatch(tag) for tag in tags)
    )
