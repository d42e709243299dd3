"""One person's answers: from the posted form to the sheet, and from the sheet to columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis.codebook import NOT_SHOWN
from app.instruments.routing import is_shown
from app.questions.contract import Answer, AnswerProblem, AreaChoice, Form

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.questions.schema import WaveKind

UNKNOWN_QUESTION: Final = AnswerProblem("unknown_question")
WRONGLY_SHOWN: Final = AnswerProblem("not_an_option")
LONGEST_NAME_TOLD: Final = 40


@dataclass(frozen=True, slots=True)
class DecodedSheet:
    """`answers` can be stored when there are no `problems`."""

    answers: dict[str, Answer]
    problems: dict[str, AnswerProblem]


def decode_sheet(
    instrument: Instrument,
    form: Form,
    wave_kind: WaveKind,
    areas: Sequence[AreaChoice] = (),
) -> DecodedSheet:
    """Read every question asked in this wave; what stands under a hidden one is thrown away."""
    answers: dict[str, Answer] = {}
    problems: dict[str, AnswerProblem] = {}
    for question in instrument.asking(wave_kind):
        if not is_shown(question, answers):
            answers[question.id] = NOT_SHOWN
            continue
        answer = question.decode(form, areas)
        if isinstance(answer, AnswerProblem):
            problems[question.id] = answer
        else:
            answers[question.id] = answer
    for name in form.keys() - instrument.form_fields(wave_kind):
        problems[name[:LONGEST_NAME_TOLD]] = UNKNOWN_QUESTION
    return DecodedSheet(answers, problems)


def check_sheet(
    instrument: Instrument,
    answers: Mapping[str, object],
    wave_kind: WaveKind,
    areas: Sequence[AreaChoice] = (),
) -> dict[str, AnswerProblem]:
    """Judge a sheet that was stored: each question of the wave, no other, routed as asked."""
    problems: dict[str, AnswerProblem] = {}
    judged: dict[str, Answer] = {}
    asked = instrument.asking(wave_kind)
    for question in asked:
        answer = answers.get(question.id)
        should_show = is_shown(question, judged)
        if should_show == (answer == NOT_SHOWN):
            problems[question.id] = WRONGLY_SHOWN
        elif (wrong := question.check(answer, areas)) is not None:
            problems[question.id] = wrong
        elif isinstance(answer, int | list):
            judged[question.id] = answer
    for name in answers.keys() - {question.id for question in asked}:
        problems[name[:LONGEST_NAME_TOLD]] = UNKNOWN_QUESTION
    return problems


def codebook_row(instrument: Instrument, answers: Mapping[str, Answer]) -> dict[str, int]:
    """The columns of the codebook, filled from one sheet."""
    row: dict[str, int] = {}
    for question in instrument.questions:
        if question.id in answers:
            row |= question.row(answers[question.id])
    return row


def area_code(instrument: Instrument, answers: Mapping[str, Answer]) -> int | None:
    """The area chosen on the sheet; None where none was, or where it is not asked."""
    for question in instrument.questions:
        if question.names_place:
            answer = answers.get(question.id)
            return answer if isinstance(answer, int) and answer > 0 else None
    return None
