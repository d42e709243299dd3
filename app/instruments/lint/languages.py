"""Rules about translations: none missing, drafts called drafts, letters that phones have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from app.instruments.lint.findings import Finding
from app.instruments.texts import missing_texts, texts_of

if TYPE_CHECKING:
    from app.instruments.model import Instrument

# What Android brings letters for since version 5 of 2014 (fonts.xml, familyset version 22), as
# Unicode names them; those of more than a few thousand readers. Older ones cannot run the page.
ON_PHONES: Final = frozenset(
    (
        *("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW", "ARMENIAN", "GEORGIAN", "ETHIOPIC"),
        *("DEVANAGARI", "GUJARATI", "GURMUKHI", "TAMIL", "MALAYALAM", "BENGALI", "TELUGU"),
        *("KANNADA", "ORIYA", "SINHALA", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "THAANA"),
        *("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "CHEROKEE", "CANADIAN", "CHAM", "YI", "NKO"),
        *("TIFINAGH", "VAI", "LISU", "JAVANESE", "SUNDANESE", "BALINESE", "MEETEI", "OL"),
    )
)
_LETTERS: Final = frozenset({"Lu", "Ll", "Lo"})  # modifiers and marks go with the letters
_ORDINALS: Final = frozenset("ªº")  # which Unicode counts among no script


def missing_translations(instrument: Instrument) -> Iterator[Finding]:
    for gap in missing_texts(instrument):
        place = gap.place or ("languages", gap.language)
        details = {"where": gap.where, "language": gap.language}
        yield Finding("missing-translation", place, details)


def draft_translations(instrument: Instrument) -> Iterator[Finding]:
    for code, language in instrument.languages.items():
        if language.status == "draft":
            yield Finding("draft-translation", ("languages", code), {"language": code})


def letters_not_on_phones(instrument: Instrument) -> Iterator[Finding]:
    lacking: dict[str, set[str]] = {}
    for _, texts in texts_of(instrument):
        for language, phrases in texts.items():
            lacking.setdefault(language, set()).update(scripts_of("".join(phrases)) - ON_PHONES)
    for language, scripts in lacking.items():
        if scripts:
            details = {"language": language, "scripts": ", ".join(sorted(scripts)).lower()}
            yield Finding("letters-not-on-phones", ("languages", language), details)


def scripts_of(text: str) -> set[str]:
    """The scripts of the letters, by the first word of their names."""
    letters = {sign for sign in text if unicodedata.category(sign) in _LETTERS} - _ORDINALS
    return {unicodedata.name(letter, "UNKNOWN").split()[0] for letter in letters}
