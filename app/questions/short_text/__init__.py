"""A few words of one's own, on one line."""

from textwrap import dedent
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.questions.free_text import FreeText


class ShortText(FreeText):
    """One line: what is pasted with line breaks becomes one."""

    template: ClassVar[str] = "short_text/short_text.html"
    has_lines: ClassVar[bool] = False

    kind: Literal["short_text"]
    longest: Annotated[int, Field(strict=True, ge=10, le=200)] = 100

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: one_word
            kind: short_text
            text: {en: "In a word or two, how do the police here seem to you?"}
            longest: 60
            """)
