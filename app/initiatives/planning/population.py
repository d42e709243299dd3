"""The population table as people bring it: a file of a spreadsheet, and the table shown back."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.errors import BadInput
from app.initiatives.planning.margins import MarginQuestion, margin_questions
from app.initiatives.service import get_initiative, list_areas, list_waves
from app.instruments.codebook import build_codebook
from app.instruments.load.shipped import shipped_instruments
from app.instruments.service import thawed_version
from app.questions.contract import AreaChoice
from app.web.locales import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from analysis.codebook import Codebook

LONGEST_TABLE: Final = 32 * 1024
DEFAULT_INSTRUMENT: Final = "core_trust"
# What spreadsheets write: UTF-8 with and without its mark, "Unicode text", and, where it is not
# UTF-8, the code page of Western Windows.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class CheckedLevel:
    """One answer: `amount` as it was given, `share` of the whole."""

    code: int
    label: Mapping[str, str]
    amount: float
    share: float


@dataclass(frozen=True, slots=True)
class CheckedMargin:
    question: str
    levels: tuple[CheckedLevel, ...]
    total: float


def codebook_of(
    session: Session, agency_id: str, initiative_id: str, language: str = SOURCE_LANGUAGE
) -> Codebook:
    """By the newest wave; before the first one, by the questionnaire that is chosen first."""
    initiative = get_initiative(session, agency_id, initiative_id)
    waves = list_waves(session, agency_id, initiative_id)
    areas = [AreaChoice(a.code, a.name) for a in list_areas(session, agency_id, initiative_id)]
    if waves:
        instrument = thawed_version(session, agency_id, waves[-1].instrument_hash)
    else:
        instrument = next(i for i in shipped_instruments() if i.id == DEFAULT_INSTRUMENT)
    tokens = {
        "initiative": _in_reach(initiative.title, language),
        "police": _in_reach(initiative.police_name, language),
        "area": "…",
    }
    return build_codebook(instrument, "follow_up", areas, tokens)


def decoded_table(content: bytes) -> str:
    """The text of a CSV file, however a spreadsheet has written it."""
    if len(content) > LONGEST_TABLE:
        size = {"size": len(content) // 1024 + 1, "most": LONGEST_TABLE // 1024}
        raise BadInput("plans.table_long", **size)
    encoding = next((name for mark, name in _MARKS if content.startswith(mark)), "utf-8")
    for tried in (encoding, "cp1252"):
        try:
            text = content.decode(tried)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
        break
    raise BadInput("plans.table_no_csv")


def checked_margins(
    weighting: Mapping[str, Any], questions: Sequence[MarginQuestion]
) -> list[CheckedMargin]:
    """What was read of a table, question by question, as a person would check it."""
    known = {question.id: question for question in questions}
    return [_checked(known[name], by_code) for name, by_code in weighting["margins"].items()]


def _checked(question: MarginQuestion, by_code: Mapping[str, float]) -> CheckedMargin:
    total = sum(by_code.values())
    levels = (
        CheckedLevel(code, question.label(code), by_code[str(code)], by_code[str(code)] / total)
        for code in question.levels
    )
    return CheckedMargin(question.id, tuple(levels), total)


def questions_of(session: Session, agency_id: str, initiative_id: str) -> list[MarginQuestion]:
    return margin_questions(codebook_of(session, agency_id, initiative_id))


def _in_reach(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
