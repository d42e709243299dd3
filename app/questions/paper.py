"""A question for print: the document that the typst file of its kind reads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from app.questions.rendering import view_of

if TYPE_CHECKING:
    from app.questions.contract import PageContext, QuestionBase

PaperQuestion = dict[str, Any]


def paper_question(
    question: QuestionBase, page: PageContext, number: int | None, skips: Mapping[str, str]
) -> PaperQuestion:
    """`skips` says, for the value of a choice, where to go on after choosing it."""
    view = view_of(question, page, {})
    return {
        "template": f"questions/{question.paper_template}",
        "number": number,
        "text": view.text,
        "hint": view.hint,
        "most_characters": view.most_characters,
        "choices": [
            {"value": choice.value, "label": choice.label, "skip": skips.get(choice.value)}
            for choice in view.choices
        ],
    }


def share_columns(one: PaperQuestion, other: PaperQuestion) -> bool:
    """Whether both can be rows of one grid; choices that lead elsewhere need lines of their own."""
    leads_on = any(choice["skip"] for choice in (*one["choices"], *other["choices"]))
    return bool(one["choices"]) and one["choices"] == other["choices"] and not leads_on
