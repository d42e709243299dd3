"""Questions that come to several shares: one test for the whole, Holm among its answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from analysis.codebook import Codebook, Text, Variable
from analysis.compare import Compared
from analysis.comparisons.methods import METHODS
from analysis.multiplicity import holm
from analysis.outcomes import Outcome
from analysis.refusals import NotEstimable
from analysis.sensitivity import (
    Fieldwork,
    SensitivityAnalysis,
    answers_of,
    found_by,
    plain_analysis,
)

Asked = Literal["one_answer", "several_answers"]


@dataclass(frozen=True, slots=True)
class ComparedAnswer:
    """One answer of a question: which share it is, and its p among the question's answers."""

    outcome: Outcome
    p_within: float | NotEstimable


@dataclass(frozen=True, slots=True)
class ComparedQuestion:
    """A question whose answers have no order. tests: of the whole; none where several may apply."""

    question: str
    title: Text
    asked: Asked
    answers: tuple[ComparedAnswer, ...]
    tests: tuple[SensitivityAnalysis, ...]


def questions_of(compared: Sequence[Compared], fieldwork: Fieldwork) -> list[ComparedQuestion]:
    """Did the answers to a question without order change, as a whole and one by one?

    One answer a person (nominal): Rao and Scott's test of the whole distribution, Pearson's beside
    it where every answer counts alike. Several answers a person (tick all that apply): no test of
    the whole, since ticks of one person go together; each option is a share of those who were shown
    the question and did not skip it. The p of each share is adjusted by Holm within the question.
    """
    found = []
    for variables in _by_question(fieldwork.codebook):
        several = len(variables) > 1
        ids = {variable.id for variable in variables}
        shares = [c for c in compared if c.group is None and c.outcome.id in ids]
        found.append(
            ComparedQuestion(
                question=variables[0].question,
                title=variables[0].text,
                asked="several_answers" if several else "one_answer",
                answers=tuple(_answers(shares)),
                tests=() if several else tuple(_tests(variables[0], shares, fieldwork)),
            )
        )
    return found


def questions_section(questions: Iterable[ComparedQuestion]) -> list[dict[str, Any]]:
    """The questions as the document has them."""
    return [
        {
            "question": question.question,
            "title": dict(question.title),
            "asked": question.asked,
            "answers": [_plain_answer(answer) for answer in question.answers],
            "tests": [plain_analysis(test) for test in question.tests],
        }
        for question in questions
    ]


def _by_question(codebook: Codebook) -> Iterable[list[Variable]]:
    """Nominal items alone, and the columns that one pick-all question makes together."""
    several: dict[str, list[Variable]] = {}
    for variable in codebook.variables:
        if variable.role == "item" and variable.level in {"nominal", "binary"}:
            several.setdefault(variable.question, []).append(variable)
    for variables in several.values():
        if len(variables) > 1 or variables[0].level == "nominal":
            yield variables


def _answers(shares: Sequence[Compared]) -> Iterable[ComparedAnswer]:
    changes = [c.comparison.change for c in shares]
    adjusted = iter(holm([x.p for x in changes if not isinstance(x, NotEstimable)]))
    for share, change in zip(shares, changes, strict=True):
        p = change if isinstance(change, NotEstimable) else next(adjusted)
        yield ComparedAnswer(share.outcome, p)


def _tests(
    variable: Variable, shares: Sequence[Compared], fieldwork: Fieldwork
) -> Iterable[SensitivityAnalysis]:
    codes = [wave.coded[variable.id].scores() for wave in (fieldwork.before, fieldwork.after)]
    answers = answers_of(shares[0].outcome, fieldwork, values=np.concatenate(codes))
    for method in METHODS:
        if "nominal" in method.beside:
            yield SensitivityAnalysis(method, found_by(method, answers), None)


def _plain_answer(answer: ComparedAnswer) -> dict[str, Any]:
    share, p = answer.outcome.share_of, answer.p_within
    return {
        "outcome": answer.outcome.id,
        "codes": list(share.codes) if share else [],
        "p_within": {"not_estimable": p.reason} if isinstance(p, NotEstimable) else p,
    }
