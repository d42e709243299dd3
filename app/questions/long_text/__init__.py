"""Some sentences of one's own."""

from textwrap import dedent
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from app.questions.free_text import FreeText


class LongText(FreeText):
    """Several lines, as they were typed."""

    template: ClassVar[str] = "long_text/long_text.html"
    has_lines: ClassVar[bool] = True

    kind: Literal["long_text"]
    longest: Annotated[int, Field(strict=True, ge=100, le=1000)] = 1000

    @staticmethod
    def example() -> str:
        return dedent("""\
            id: else_to_say
            kind: long_text
            text: {en: "What should the police here do differently?"}
            longest: 500
            """)
