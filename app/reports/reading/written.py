"""Numbers as they are written, which still know their value: a spreadsheet gets the number."""

from __future__ import annotations

from typing import Final, Self

HUNDRED: Final = 100.0
_QUOTE: Final = '"'


class Written(str):
    """One number in words and signs. `pattern`: how a spreadsheet writes it the same way."""

    __slots__ = ("pattern", "value")
    value: float
    pattern: str

    def __new__(cls, text: str, value: float, pattern: str) -> Self:
        made = super().__new__(cls, text)
        made.value = value
        made.pattern = pattern
        return made

    def within(self, text: str, before: str, after: str) -> Written:
        """The same number in a longer text: `before` and `after` stand on either side of it."""
        halves = (_between(half, before, after) for half in self.pattern.split(";"))
        return Written(text, self.value, ";".join(halves))


class Several(str):
    """Two or three numbers in one text: an interval, or an estimate with its interval."""

    __slots__ = ("numbers",)
    numbers: tuple[Written, ...]

    def __new__(cls, text: str, *numbers: Written) -> Self:
        made = super().__new__(cls, text)
        made.numbers = numbers
        return made


def pattern_of(decimals: int, *, is_signed: bool = False, is_percent: bool = False) -> str:
    """The number format of a spreadsheet, which writes its own decimal sign."""
    plain = "0" + ("." + "0" * decimals if decimals else "") + ("%" if is_percent else "")
    return f"+{plain};-{plain};{plain}" if is_signed else plain


def _between(pattern: str, before: str, after: str) -> str:
    return _literal(before) + pattern + _literal(after)


def _literal(text: str) -> str:
    return f"{_QUOTE}{text.replace(_QUOTE, '')}{_QUOTE}" if text else ""
