"""From a posted form to the sheet that is sealed, whoever filled the form in."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from app.collectors.service import FieldedCollector
from app.instruments.sheet import area_code, decode_sheet
from app.privacy.linking.tags import LinkTags
from app.questions.contract import AnswerProblem
from app.responses.pages.sheet_page import is_asked
from app.responses.quality import Quality
from app.responses.sheet import Sheet
from app.web.forms import Form


class ReadForm(NamedTuple):
    """The sheet can be stored when there are no problems. The code is in clear, and in memory."""

    sheet: Sheet
    problems: dict[str, AnswerProblem]
    code: dict[str, str]

    def tagged(self, links: LinkTags, collector: FieldedCollector) -> Sheet:
        """The sheet with what the code becomes; of the code itself nothing is left."""
        tags = links.of_code(collector.initiative_id, tuple(self.code.values()))
        return replace(self.sheet, tags=tags) if tags else self.sheet


def read_sheet(
    collector: FieldedCollector, form: Form, language: str, quality: Quality
) -> ReadForm:
    known = _with_known_area(collector, form)
    decoded = decode_sheet(collector.instrument, known, collector.wave_kind, collector.areas)
    sheet = Sheet(
        language=language,
        mode=collector.mode,
        recruitment=collector.recruitment,
        area=collector.area_code or area_code(collector.instrument, decoded.answers),
        quality=quality,
        answers=decoded.answers,
        words=decoded.words,
    )
    return ReadForm(sheet, decoded.problems, decoded.code)


def _with_known_area(collector: FieldedCollector, form: Form) -> Form:
    """A collector that hangs in one area answers the question that its page leaves out."""
    if collector.area_code is None:
        return form
    asking = collector.instrument.asking(collector.wave_kind)
    left_out = [question.id for question in asking if not is_asked(question, collector)]
    return form | {question_id: [str(collector.area_code)] for question_id in left_out}
