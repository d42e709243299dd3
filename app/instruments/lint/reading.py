"""How hard an English text is to read: the school grade of Flesch and Kincaid.

Kincaid, Fishburne, Rogers and Chissom (1975), Research Branch Report 8-75: grade = 0.39 * words per
sentence + 11.8 * syllables per word - 15.59. Syllables are counted by rules of spelling, which now
and then miss one in a rare word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from app.questions.schema import fill_tokens

# An initiative's words are not known here: each counts as one word of two syllables.
STAND_INS: Final[Mapping[str, str]] = {
    "area": "Hillside",
    "initiative": "Springboard",
    "police": "police",
}
_WORD: Final = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_SENTENCE: Final = re.compile(r"[.?!…:]+(?:\s|$)")
_OWNER: Final = re.compile(r"'s?$")
_FIRST_PARTS: Final = {"any": 2, "every": 2, "home": 1, "life": 1, "safe": 1, "some": 1}
_IRREGULAR: Final = {
    "business": 2,
    "businesses": 3,
    "element": 3,
    "elements": 3,
    "every": 2,
    "science": 2,
}
# A y that starts a syllable is a consonant: you, beyond.
_CONSONANT_Y: Final = re.compile(r"(?:^|(?<=[aeiou]))y(?=[aeiou])")
_VOWELS: Final = re.compile(r"[aeiouy]+")
# Written and not spoken: the e of police, asked, crimes, safely; but not of people, needed, places.
_SILENT_E: Final = re.compile(
    r"(?<![^aeiouy]l)(?:(?<=[^aeiouy])e$|(?<=[^aeiouytd])ed$|(?<=[^aeiouyszxcg])(?<!ch)(?<!sh)es$)"
    r"|(?<=[^aeiouyl])e(?=(?:ly|ful|less|ness|ment)s?$)"
)
# Written together and spoken apart: going, violent, serious, initiative, usual, experience, area.
_APART: Final = re.compile(
    r"(?<=[aeiouy])ing"
    r"|io(?!n|u)"
    r"|(?<![ctxg])iou"
    r"|(?<![cgst])ia"
    r"|(?<=[ct])ia(?=t)"
    r"|(?<![gq])ua"
    r"|(?<![ct])ie(?=nc|nt)"
    r"|ie(?=t(?:y|$))"
    r"|(?<=[aeiouy][^aeiouy])eas?$"
    r"|eo$|eum$|(?<=co)op(?=er)"
)


def syllables(word: str) -> int:
    """At least one; a number counts as one, since most that are asked for are short to say."""
    spoken = _OWNER.sub("", word.lower())
    if spoken in _IRREGULAR:
        return _IRREGULAR[spoken]
    for part, count in _FIRST_PARTS.items():
        rest = spoken.removeprefix(part)
        if rest != spoken and _VOWELS.search(rest):
            return count + syllables(rest)
    spoken = _CONSONANT_Y.sub("j", spoken)
    found = len(_VOWELS.findall(_SILENT_E.sub("", spoken))) + len(_APART.findall(spoken))
    return max(found, 1)


def words_of(text: str) -> list[str]:
    return _WORD.findall(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))


def grade(phrase: str) -> float:
    """The years of school that a text of at least one word asks for."""
    text = fill_tokens(phrase, STAND_INS)
    words = words_of(text)
    sentences = sum(bool(words_of(sentence)) for sentence in _SENTENCE.split(text))
    spoken = sum(syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * spoken / len(words) - 15.59
