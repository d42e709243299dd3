"""The report as a text document."""

from __future__ import annotations

import io
from functools import cache
from itertools import pairwise
from typing import Any, Final

import docx
import pytest
from docx.document import Document
from docx.oxml.ns import qn

from app.reports.formats.blocks import pictures_in, report_blocks
from app.reports.formats.docx import write
from app.reports.reading import read_report
from app.reports.reading.shown_instrument import Facts
from tests.unit.app.exports.payloads import PAYLOADS
from tests.unit.app.reports.documents import released, with_labels

FIELD_LIKE: Final = "{ HYPERLINK evil } <w:fldSimple/> \x0bDDEAUTO"

FIELDS: Final = tuple(qn(f"w:{name}") for name in ("instrText", "fldSimple", "hyperlink"))


@cache
def document(language: str) -> Document:
    return docx.Document(io.BytesIO(write(released(is_simulated=True), Facts(), language)))


def parts(name: str, language: str = "en") -> list[Any]:
    return list(document(language).element.body.iter(qn(name)))


def test_headings_are_headings_and_no_level_is_skipped() -> None:
    levels = [int(p.style.name[-1]) for p in document("en").paragraphs if "Heading" in p.style.name]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


def test_every_table_has_a_heading_row_that_repeats() -> None:
    tables = document("en").tables
    assert len(tables) > 20
    assert len(parts("w:tblHeader")) == len(tables)


def test_every_picture_is_told_in_words() -> None:
    pictures = list(pictures_in(report_blocks(read_report(released()))))
    told = [part.get("descr") for part in parts("wp:docPr")]
    assert told == [f"{one.words.title}. {one.words.description}" for one in pictures]


def test_the_language_is_named_and_arabic_is_written_from_the_right() -> None:
    assert document("es").styles["Normal"].element.rPr.find(qn("w:lang")).get(qn("w:val")) == "es"
    arabic = document("ar").styles["Normal"].element
    assert arabic.rPr.find(qn("w:rtl")) is not None
    assert arabic.pPr.find(qn("w:bidi")) is not None
    assert len(parts("w:bidiVisual", "ar")) == len(document("ar").tables)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_page_numbers_read_from_left_to_right(language: str) -> None:
    runs = list(document(language).sections[0].footer.paragraphs[0].runs)
    assert [r.text for r in runs if r.text] == [" / "]
    assert all(run.font.rtl is False for run in runs)
    fields = [part.text for run in runs for part in run.font.element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]


def test_every_page_of_made_up_answers_says_so() -> None:
    assert "Simulated data." in document("en").sections[0].header.paragraphs[0].text


def test_words_of_an_agency_stay_words() -> None:
    made = docx.Document(io.BytesIO(write(released(run_by={"en": FIELD_LIKE}), Facts(), "en")))
    body = made.element.body
    assert not list(body.iter(*FIELDS))
    text = "".join(run.text or "" for run in body.iter(qn("w:t")))
    assert f"Run by: {FIELD_LIKE.replace(chr(11), '')}." in text


def test_none_of_two_hundred_formulas_becomes_a_field() -> None:
    left = iter([" ".join(PAYLOADS[start::20]) for start in range(20)])
    laced = with_labels(released(), left)
    assert next(left, None) is None
    body = docx.Document(io.BytesIO(write(laced, Facts(), "en"))).element.body
    assert not list(body.iter(*FIELDS))
    assert PAYLOADS[0] in "".join(run.text or "" for run in body.iter(qn("w:t")))


def test_the_same_report_is_the_same_text() -> None:
    first, again = (write(released(), Facts(), "en") for _ in range(2))
    assert first == again
