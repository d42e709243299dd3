"""What each sheet carries beside its answers, as columns of the restricted bundle.

A dot stands in each name, so that no question can have it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from analysis.codebook import Category, Codebook, Variable

if TYPE_CHECKING:
    from app.responses.service import Response

MODE: Final = "paradata.mode"
RECRUITMENT: Final = "paradata.recruitment"
LANGUAGE: Final = "paradata.language"
QUALITY: Final = "paradata.quality"
COLUMNS: Final = (MODE, RECRUITMENT, LANGUAGE, QUALITY)
_TITLES: Final[Mapping[str, str]] = {
    MODE: "How the sheet was answered",
    RECRUITMENT: "How the person was invited",
    LANGUAGE: "Language of the sheet",
    QUALITY: "What was noticed about the sheet (bits)",
}
_NAMES: Final[Mapping[str, str]] = {
    "phone_web": "phone or computer, web page",
    "kiosk": "shared tablet, web page",
    "paper": "paper, entered by staff",
    "open": "open link or poster",
    "group_code": "code for a group",
    "single_use_code": "single-use code",
    "staff_entered": "entered by staff",
    "imported": "in a way that is not known here",
}
_QUALITIES: Final[Mapping[int, str]] = {
    1: "sent faster than it can be read",
    2: "a field filled in that people cannot see",
    4: "among hundreds an hour from one network",
    8: "beyond the answers expected with its group code",
}


@dataclass(slots=True)
class Paradata:
    """Numbers the ways and languages of both waves as they come: one number, one meaning."""

    words: dict[str, list[str]] = field(
        default_factory=lambda: {column: [] for column in (MODE, RECRUITMENT, LANGUAGE)}
    )
    qualities: set[int] = field(default_factory=lambda: {0, 1})

    def row(self, response: Response) -> dict[str, int]:
        self.qualities.add(response.quality)
        return {
            MODE: self._number(MODE, response.mode),
            RECRUITMENT: self._number(RECRUITMENT, response.recruitment),
            LANGUAGE: self._number(LANGUAGE, response.language),
            QUALITY: response.quality,
        }

    def added_to(self, codebook: Codebook) -> Codebook:
        """After the rows of both waves: what their numbers mean."""
        named = {
            column: {code: _NAMES.get(word, word) for code, word in enumerate(words, 1)}
            for column, words in self.words.items()
        }
        named[QUALITY] = {bits: _noticed(bits) for bits in sorted(self.qualities)}
        columns = (_variable(column, named[column]) for column in COLUMNS)
        return replace(codebook, variables=(*codebook.variables, *columns))

    def _number(self, column: str, word: str) -> int:
        words = self.words[column]
        if word not in words:
            words.append(word)
        return words.index(word) + 1


def _noticed(bits: int) -> str:
    """In words, as far as these bits have any."""
    known = [words for bit, words in _QUALITIES.items() if bits & bit]
    unknown = bits & ~sum(_QUALITIES)
    return "; ".join(known + ([f"bits {unknown:b}"] if unknown else [])) or "nothing"


def _variable(column: str, named: Mapping[int, str]) -> Variable:
    return Variable(
        id=column,
        question=column,
        level="nominal",
        role="paradata",
        text={"en": _TITLES[column]},
        categories=tuple(Category(code, {"en": name}) for code, name in named.items()),
        comparability_key=column,
    )
