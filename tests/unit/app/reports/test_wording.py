from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sentences import LANGUAGES
from analysis.verdict import VERDICTS
from app.reports import formats, page, reading
from app.reports.reading.number_tables import p_text
from app.reports.reading.wording import FOLDER, Wording, read_wording
from app.reports.reading.wording import LANGUAGES as PAGE_LANGUAGES

ROOMS: Final = tuple(Path(room.__file__).parent for room in (formats, page, reading))
ENGLISH: Final = read_wording("en")
ARABIC_LIKE: Final = Wording(
    language="xx",
    name="Xx",
    is_draft=True,
    is_right_to_left=True,
    decimal_sign=",",
    percent="{}٪",
    listed_by={},
    months=(),
    date="",
    texts={},
)
# Keys that are put together from a word of the document.
FAMILIES: Final = (
    "verdict_", "can_", "grade_", "family_", "missing_", "variance_", "source_",
    "recruitment_", "modes_", "elsewhere_", "language_", "weighting_", "weights_", "again_",
    "groups_", "means_otherwise_", "sheet_", "closing_", "fair_many_", "fair_over_",
)  # fmt: skip


MIRRORED: Final = {
    "en": (("Rose", "Fell"), ("rise", "fall")),
    "es": (("Subió", "Bajó"), ("subida", "bajada")),
    "ar": (("ارتفع", "انخفض"), ("ارتفاع", "انخفاض")),
    "vi": (("Tăng", "Giảm"), ("mức tăng", "mức giảm")),
}


def spoken() -> str:
    files = [file for room in ROOMS for end in ("py", "html") for file in room.rglob(f"*.{end}")]
    return "\n".join(path.read_text(encoding="utf-8") for path in files)


def test_every_text_is_used_and_no_used_text_is_missing() -> None:
    source = spoken()
    asked = set(re.findall(r"""(?:wording|\bt)\(\s*["'](\w+)["']""", source))
    assert asked - ENGLISH.texts.keys() == set()
    quoted = set(re.findall(r"""["'](\w+)["']""", source))
    unused = {key for key in ENGLISH.texts if key not in quoted and not key.startswith(FAMILIES)}
    assert unused == set()


@pytest.mark.parametrize("p", [0.0, 0.041])
def test_a_p_stands_apart_in_a_line_of_arabic_so_that_its_sign_is_not_mirrored(p: float) -> None:
    told = str(p_text(p, read_wording("ar")))
    assert (told[0], told[-1]) == ("\u2066", "\u2069")


def test_every_verdict_has_its_words() -> None:
    for family in ("verdict", "can"):
        keys = [f"{family}_{verdict}" for verdict in VERDICTS]
        assert [key for key in keys if not ENGLISH.knows(key)] == []


@pytest.mark.parametrize("language", MIRRORED)
def test_rises_and_falls_are_told_with_the_same_words(language: str) -> None:
    texts = read_wording(language).texts
    for key in (key for key in texts if "rose_" in key):
        mirrored = texts[key]
        for rise, fall in MIRRORED[language]:
            mirrored = mirrored.replace(rise, fall)
        assert mirrored == texts[key.replace("rose_", "fell_")]
        assert mirrored != texts[key]


def test_the_page_speaks_every_language_that_the_sentences_speak() -> None:
    assert set(PAGE_LANGUAGES) == {path.stem for path in FOLDER.glob("*.yaml")} == set(LANGUAGES)
    assert set(MIRRORED) == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_and_sentences_write_numbers_alike_and_own_to_be_drafts(language: str) -> None:
    own = read_wording(language)
    assert own.decimal_sign == LANGUAGES[language].decimal
    assert own.is_draft is (LANGUAGES[language].status == "draft")


def test_a_language_without_words_of_its_own_is_told_in_the_source_language() -> None:
    assert read_wording("tlh").language == "en"


@pytest.mark.parametrize(
    ("value", "decimals", "expected"),
    [
        (0.2, 2, "+0.20"),
        (-0.2, 2, "\u22120.20"),
        (0.004, 2, "0.00"),
        (-0.004, 2, "0.00"),
        (-3, 0, "\u22123"),
    ],
)
def test_changes_carry_their_sign_and_a_zero_has_none(
    value: float, decimals: int, expected: str
) -> None:
    assert ENGLISH.signed(value, decimals) == expected


@given(st.floats(min_value=-100, max_value=100), st.integers(min_value=0, max_value=3))
def test_a_written_number_reads_back_to_what_it_was_rounded_to(value: float, decimals: int) -> None:
    written = ENGLISH.number(value, decimals).replace("\u2212", "-")
    assert float(written) == round(value, decimals) + 0.0


def test_numbers_in_right_to_left_text_keep_their_order() -> None:
    assert ARABIC_LIKE.signed(-0.25, 2) == "\u2066\u22120,25\u2069"
    assert ARABIC_LIKE.share(62) == "\u206662٪\u2069"


@pytest.mark.parametrize(
    ("things", "expected"),
    [([], ""), (["A"], "A"), (["A", "B"], "A and B"), (["A", "B", "C"], "A, B and C")],
)
def test_lists_are_told_as_people_tell_them(things: list[str], expected: str) -> None:
    assert ENGLISH.listed(things) == expected


def test_days_are_written_out() -> None:
    assert ENGLISH.day("2026-03-02") == "2 March 2026"
