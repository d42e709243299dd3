"""A question as HTML: the piece that a page repeats."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import BaseLoader, Environment, FileSystemLoader, PrefixLoader
from markupsafe import Markup

from app.questions.contract import posted
from app.questions.schema import fill_tokens
from app.questions.words import problem_words, word

if TYPE_CHECKING:
    from app.questions.contract import (
        AnswerProblem,
        Choice,
        Form,
        PageContext,
        QuestionBase,
    )

FOLDER: Final = "questions"


@dataclass(frozen=True, slots=True)
class QuestionView:
    """All that a template of a kind prints, resolved to one language."""

    id: str
    text: str
    hint: str | None
    problem: str | None
    choices: tuple[Choice, ...]
    typed: str
    most_characters: int
    found: str | None

    @property
    def described_by(self) -> str:
        """The ids of the hint and of the problem, as aria-describedby wants them."""
        parts = [f"h-{self.id}" if self.hint else "", f"e-{self.id}" if self.problem else ""]
        return " ".join(filter(None, parts))


def question_loader() -> BaseLoader:
    """Templates under `questions/`, each beside its Python. Chain it into the pages' loader."""
    return PrefixLoader({FOLDER: FileSystemLoader(Path(__file__).parent)})


def view_of(
    question: QuestionBase,
    page: PageContext,
    form: Form,
    problem: AnswerProblem | None = None,
) -> QuestionView:
    hint = question.hint_words(page)
    choices = tuple(question.choices(page, form))
    offered = {choice.value for choice in choices}
    return QuestionView(
        id=question.id,
        text=fill_tokens(question.text[page.language], page.tokens),
        hint=None if hint is None else fill_tokens(hint, page.tokens),
        problem=None if problem is None else problem_words(problem, page.language),
        choices=choices,
        typed=next((v for v in posted(form, question.id) if v not in offered), ""),
        most_characters=question.most_characters,
        found=word(page.language, "found_in_words") if question.keeps_words else None,
    )


def render_question(
    environment: Environment,
    question: QuestionBase,
    page: PageContext,
    form: Form,
    problem: AnswerProblem | None = None,
) -> Markup:
    """The question with what was typed before, and with what is wrong with it.

    `environment` escapes automatically and loads from `question_loader()`; the element around it
    carries `lang` and `dir`. Ids made here: q-ID, h-ID (hint), e-ID (problem).
    """
    template = environment.get_template(f"{FOLDER}/{question.template}")
    return Markup(template.render(q=view_of(question, page, form, problem)))  # noqa: S704 - escaped by the environment
