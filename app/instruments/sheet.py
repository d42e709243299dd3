"""One person's answers: from the posted form to the sheet, and from the sheet to columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from analysis.codebook import NOT_SHOWN
from app.instruments.routing import holds
from app.questions.contract import Answer, AnswerProblem, AreaChoice, Form

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.questions import Question
    from app.questions.schema import WaveKind

UNKNOWN_QUESTION: Final = AnswerProblem("unknown_question")
WRONGLY_SHOWN: Final = AnswerProblem("not_an_option")
LONGEST_NAME_TOLD: Final = 40


@dataclass(frozen=True, slots=True)
class DecodedSheet:
    """`answers` can be stored when there are no `problems`; `words` only apart from them.

    `code` holds each element of the respondent's own code: it becomes tags, and is never stored.
    """

    answers: dict[str, Answer]
    problems: dict[str, AnswerProblem]
    words: dict[str, str]
    code: dict[str, str]


def decode_sheet(
    instrument: Instrument,
    form: Form,
    wave_kind: WaveKind,
    areas: Sequence[AreaChoice] = (),
) -> DecodedSheet:
    """Read every question asked in this wave; what stands under a hidden one is thrown away."""
    answers: dict[str, Answer] = {}
    problems: dict[str, AnswerProblem] = {}
    for name, condition, codes, _, question in instrument.reading(wave_kind):
        if condition is not None and not holds(condition, answers):
            answers[name] = NOT_SHOWN
            continue
        values = form.get(name)
        if values is not None and len(values) == 1 and values[0] in codes:
            answers[name] = codes[values[0]]
            continue
        answer = question.decode(form, areas)
        if isinstance(answer, AnswerProblem):
            problems[name] = answer
        elif not isinstance(answer, str):
            answers[name] = answer
    words = _decode_words(instrument.worded(wave_kind), form, answers, problems)
    elements = instrument.code_elements(wave_kind)
    typed = _decode_words(elements, form, answers, problems) if elements else {}
    for name in form.keys() - instrument.form_fields(wave_kind):
        problems[name[:LONGEST_NAME_TOLD]] = UNKNOWN_QUESTION
    whole = {question.id: typed.get(question.id, "") for question in elements}
    return DecodedSheet(answers, problems, words, whole)


def _decode_words(
    worded: Sequence[Question],
    form: Form,
    answers: Mapping[str, Answer],
    problems: dict[str, AnswerProblem],
) -> dict[str, str]:
    words: dict[str, str] = {}
    for question in worded:
        if question.show_if is None or holds(question.show_if, answers):
            written = question.decode(form, ())
            if isinstance(written, AnswerProblem):
                problems[question.id] = written
            elif isinstance(written, str) and written:
                words[question.id] = written
    return words


def check_sheet(
    instrument: Instrument,
    answers: Mapping[str, object],
    wave_kind: WaveKind,
    areas: Sequence[AreaChoice] = (),
    words: Mapping[str, object] | None = None,
) -> dict[str, AnswerProblem]:
    """Judge a sheet that was stored: each question of the wave, no other, routed as asked."""
    problems: dict[str, AnswerProblem] = {}
    judged: dict[str, Answer] = {}
    for name, condition, _, plain_answers, question in instrument.reading(wave_kind):
        answer = answers.get(name)
        is_shown = condition is None or holds(condition, judged)
        if is_shown and type(answer) is int and answer in plain_answers:
            judged[name] = answer
        elif is_shown == (answer == NOT_SHOWN):
            problems[name] = WRONGLY_SHOWN
        elif (wrong := question.check(answer, areas)) is not None:
            problems[name] = wrong
        elif isinstance(answer, (int, list)):
            judged[name] = answer
    for name in answers.keys() - instrument.coded_ids(wave_kind):
        problems[name[:LONGEST_NAME_TOLD]] = UNKNOWN_QUESTION
    if words:
        problems |= _check_words(instrument.worded(wave_kind), words, judged)
    return problems


def _check_words(
    worded: Sequence[Question], words: Mapping[str, object], answers: Mapping[str, Answer]
) -> dict[str, AnswerProblem]:
    """What was written must have been asked for; whoever wrote nothing is not told apart."""
    asked = {
        question.id: question
        for question in worded
        if question.show_if is None or holds(question.show_if, answers)
    }
    problems = {name[:LONGEST_NAME_TOLD]: UNKNOWN_QUESTION for name in words.keys() - asked.keys()}
    for name in words.keys() & asked.keys():
        wrong = asked[name].check(words[name], ())
        if wrong is not None:
            problems[name] = wrong
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
