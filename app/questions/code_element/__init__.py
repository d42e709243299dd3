"""A part of the code that respondents make up, so that their answers can be laid side by side.

It becomes a keyed tag in memory: neither the sheet nor the database ever holds it.
"""

from textwrap import dedent
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.questions.contract import PageContext, QuestionBase
from app.questions.free_text import FreeText
from app.questions.words import word


class CodeElement(FreeText):
    """One word that is easy to remember, and that no police record holds."""

    template: ClassVar[str] = "code_element/code_element.html"
    has_lines: ClassVar[bool] = False
    links_people: ClassVar[bool] = True

    kind: Literal["code_element"]
    longest: Annotated[int, Field(strict=True, ge=10, le=100)] = 40

    def hint_words(self, page: PageContext) -> str:
        """What becomes of it stands beside every box."""
        parts = (QuestionBase.hint_words(self, page), word(page.language, "makes_a_code"))
        return " ".join(filter(None, parts))

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: first_pet
            kind: code_element
            text: {en: "What was the name of your first pet?"}
            """)
