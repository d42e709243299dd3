"""Takes translations back into the survey file: every row judged, nothing else touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.errors import BadInput
from app.instruments.load import load_instrument
from app.instruments.translation.edits import Edit, edited, entry, quoted
from app.instruments.translation.judging import Delivered, Remark, doubts, faults
from app.instruments.translation.places import FileText, file_texts, languages_in
from app.instruments.translation.rows import part_name
from app.instruments.version import freeze

if TYPE_CHECKING:
    from datetime import date

    from app.instruments.model import Instrument


@dataclass(frozen=True, slots=True)
class Delivery:
    """A workbook that came back."""

    instrument_id: str
    language: str
    rows: tuple[Delivered, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """Who has read all words of the language, and when."""

    reviewer: str
    on: date


@dataclass(slots=True)
class Taken:
    """The file with the words in it, those of the refused rows left out."""

    content: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    refused: list[Remark] = field(default_factory=list)
    doubtful: list[Remark] = field(default_factory=list)


def take(
    instrument: Instrument, content: str, delivery: Delivery, review: Review | None = None
) -> Taken:
    _refuse_another_instrument(instrument, delivery)
    taking = _Taking(instrument, content, delivery.language, Taken(content))
    return taking.take(delivery.rows, review)


def _refuse_another_instrument(instrument: Instrument, delivery: Delivery) -> None:
    if delivery.instrument_id != instrument.id:
        raise BadInput(
            f"This workbook belongs to the survey {delivery.instrument_id!r}, and the file is "
            f"{instrument.id!r}. Name the file that it was exported from."
        )
    if delivery.language == instrument.original_language:
        raise BadInput(
            f"{delivery.language!r} is the language that the survey is written in. Change its "
            "words in the file itself."
        )


@dataclass(frozen=True, slots=True)
class _Taking:
    instrument: Instrument
    content: str
    language: str
    taken: Taken

    def take(self, rows: Sequence[Delivered], review: Review | None) -> Taken:
        left = self._by_name(rows)
        edits = [
            edit
            for text in file_texts(self.instrument, self.content)
            if (edit := self._edit(text, left)) is not None
        ]
        self.taken.refused += [
            Remark(row, "the survey file has no text of this name") for row in left.values()
        ]
        status = self._status(review, is_changed=bool(edits))
        if status is not None:
            edits.append(entry(self.content, languages_in(self.content), self.language, status))
        self.taken.content = edited(self.content, edits)
        self._refuse_other_changes()
        return self.taken

    def _by_name(self, rows: Sequence[Delivered]) -> dict[str, Delivered]:
        found: dict[str, Delivered] = {}
        for row in rows:
            if row.name in found:
                self.taken.refused.append(Remark(row, "this text stands in an earlier row too"))
            found.setdefault(row.name, row)
        return found

    def _edit(self, text: FileText, left: dict[str, Delivered]) -> Edit | None:
        sources = text.phrases[self.instrument.original_language]
        before = text.phrases.get(self.language, ("",) * len(sources))
        words = []
        for part, source in enumerate(sources):
            row = left.pop(part_name(text.name, part, len(sources)), None)
            words.append(self._judged(row, source) or before[part])
        phrases = tuple(words)
        if not all(phrases):
            self.taken.missing += 1
        elif phrases == before:
            self.taken.unchanged += 1
        else:
            self.taken.new += not all(before)
            self.taken.changed += all(before)
            value = quoted(phrases, is_list=text.is_list)
            return entry(self.content, text.node, self.language, value)
        return None

    def _judged(self, row: Delivered | None, source: str) -> str:
        """The words, or nothing where there are none or they cannot be taken."""
        if row is None or not row.translation:
            return ""
        wrong = list(faults(row, source))
        if wrong:
            self.taken.refused += wrong
            return ""
        self.taken.doubtful += doubts(row, source)
        return row.translation

    def _status(self, review: Review | None, *, is_changed: bool) -> str | None:
        """Words that changed are a draft again, unless somebody is named who has read them all."""
        if review is not None:
            if self.taken.missing or self.taken.refused:
                raise BadInput(
                    f"The language {self.language!r} cannot be called reviewed: texts missing or "
                    f"not taken: {self.taken.missing + len(self.taken.refused)}. Import it "
                    "without --reviewed-by to see which."
                )
            name = quoted((review.reviewer,), is_list=False)
            return f"{{status: reviewed, reviewer: {name}, reviewed_on: {review.on.isoformat()}}}"
        known = self.instrument.languages.get(self.language)
        is_reviewed = known is not None and known.status != "draft"
        return "{status: draft}" if is_changed and (known is None or is_reviewed) else None

    def _refuse_other_changes(self) -> None:
        """The file with the words still says in every other language what it said before."""
        now = load_instrument(self.taken.content, source="the survey file with the translations")
        before, after = (freeze(each).document for each in (self.instrument, now))
        if _without(before, self.language) != _without(after, self.language):
            raise BadInput(
                "The words cannot be written into this file without changing something else. "
                "Write its texts as {en: ...} or with one language a line, and import again."
            )


def _without(part: Any, language: str) -> Any:
    if isinstance(part, dict):
        return {k: _without(v, language) for k, v in part.items() if k != language}
    return [_without(item, language) for item in part] if isinstance(part, list) else part
