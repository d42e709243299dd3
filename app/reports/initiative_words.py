"""The initiative's own words in the texts of a questionnaire, in each of its languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from analysis.codebook import Codebook, Text
from app.questions.schema import fill_tokens, tokens_in

# Where a text says {area} it means the place a resident chose: a report tells of all of them.
AREA_HERE: Final[Text] = {
    "en": "this area",
    "es": "esta zona",
    "ar": "هذه المنطقة",
    "vi": "khu vực này",
}


def fill_words(codebook: Codebook, words: Mapping[str, Text]) -> Codebook:
    """Texts with {initiative}, {police} and {area} replaced, each in its own language.

    Words that were given in other languages only stand in the questionnaire's first that they have:
    the same in a report and in its bundle, whatever order a file keeps them in.
    """

    def filled(text: Text) -> dict[str, str]:
        return {
            language: fill_tokens(
                phrase,
                {
                    token: _in_language(words[token], (language, *codebook.languages))
                    for token in tokens_in(phrase)
                },
            )
            for language, phrase in text.items()
        }

    variables = tuple(replace(v, text=filled(v.text)) for v in codebook.variables)
    return replace(codebook, variables=variables)


def _in_language(text: Text, languages: Iterable[str]) -> str:
    known = next((language for language in languages if language in text), min(text))
    return text[known]
