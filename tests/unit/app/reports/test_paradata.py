"""One number, one meaning: in both waves, whatever came first in each."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from analysis.codebook import match_codebooks
from app.reports.paradata import COLUMNS, Paradata
from app.responses.service import Response
from tests.unit.analysis.books import book, question

SHEET: Final = Response("phone_web", "open", None, "en", 0, {})
FORM: Final = book(question("q"))


def test_both_waves_share_one_numbering() -> None:
    paradata = Paradata()
    before = [paradata.row(SHEET._replace(language=tag)) for tag in ("en", "es")]
    after = [paradata.row(SHEET._replace(language=tag)) for tag in ("vi", "es")]
    assert [row["paradata.language"] for row in (*before, *after)] == [1, 2, 3, 2]
    one, other = paradata.added_to(FORM), paradata.added_to(replace(FORM, version=2))
    shared = match_codebooks(one, other)
    assert {v.id for v in shared.variables if v.role == "paradata"} == set(COLUMNS)
    languages = shared.variable("paradata.language").categories
    assert [(c.code, c.label["en"]) for c in languages] == [(1, "en"), (2, "es"), (3, "vi")]


def test_ways_are_named_in_words_and_unknown_ones_as_they_are() -> None:
    paradata = Paradata()
    paradata.row(SHEET)
    paradata.row(SHEET._replace(mode="smoke_signal", quality=5))
    paradata.row(SHEET._replace(quality=66))
    codebook = paradata.added_to(FORM)
    modes = codebook.variable("paradata.mode").categories
    assert [c.label["en"] for c in modes] == ["phone or computer, web page", "smoke_signal"]
    bits = codebook.variable("paradata.quality").categories
    assert [(c.code, c.label["en"]) for c in bits] == [
        (0, "nothing"),
        (1, "sent faster than it can be read"),
        (5, "sent faster than it can be read; among hundreds an hour from one network"),
        (66, "a field filled in that people cannot see; bits 1000000"),
    ]
