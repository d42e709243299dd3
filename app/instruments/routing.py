"""Which questions are shown, given the answers so far: in Python, and as CSS without script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.questions.conditions import AllOf, AnyOf, Condition, Leaf, Negation
from app.questions.contract import Answer

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.questions.schema import WaveKind

Answers = Mapping[str, Answer]


def holds(condition: Condition, answers: Answers) -> bool:
    """`answers` holds those of all earlier questions; an answer that is absent matches nothing."""
    match condition:
        case Leaf(item=item, codes=codes):
            answer = answers.get(item)
            if isinstance(answer, list):
                return any(code in codes for code in answer)
            return answer in codes
        case Negation(negated=part):
            return not holds(part, answers)
        case AllOf(all=parts):
            return all(holds(part, answers) for part in parts)
        case AnyOf(any=parts):
            return any(holds(part, answers) for part in parts)


def hiding_css(instrument: Instrument, wave_kind: WaveKind) -> str:
    """Rules that hide each question whose condition fails. A browser without :has() shows it."""
    asked = tuple(instrument.questions_in(wave_kind))
    conditions = {question.id: question.show_if for question in asked}
    return "".join(
        f"form:not({_selector(question.show_if, conditions)}) #q-{question.id}{{display:none}}"
        for question in asked
        if question.show_if is not None
    )


def _selector(condition: Condition, conditions: Mapping[str, Condition | None]) -> str:
    """A compound selector that matches the form exactly when the condition holds."""
    match condition:
        case Leaf(item=item, codes=codes):
            values = ",".join(f'[value="{code}"]' for code in codes)
            # a button of this name, or an option of a list of this name
            chosen = f":has(#q-{item} :is({values}):checked)"
            # an answer under a question that is itself hidden does not count
            reason = conditions.get(item)
            return chosen if reason is None else _selector(reason, conditions) + chosen
        case Negation(negated=part):
            return f":not({_selector(part, conditions)})"
        case AllOf(all=parts):
            return "".join(_selector(part, conditions) for part in parts)
        case AnyOf(any=parts):
            return ":is(" + ",".join(_selector(part, conditions) for part in parts) + ")"
