"""Codebooks: there and back, and which columns two waves share."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from analysis.codebook import Category, Codebook, CodebookError, TopBox, match_codebooks
from tests.unit.analysis.books import book, number, question, scale

Q1, Q2 = question("q1", favourable=(4, 5)), question("q2", missing=(-1,))
TRUST = scale("trust", ["q1", "q2"], reverse=("q2",), top_box=TopBox("q1", (4, 5)))
FULL = book(Q1, Q2, number("years"), scales=[TRUST])


def test_a_codebook_survives_json() -> None:
    assert Codebook.from_dict(json.loads(json.dumps(FULL.to_dict()))) == FULL


@pytest.mark.parametrize("lost", ["instrument_id", "variables", "scales"])
def test_a_codebook_that_lacks_a_part_is_refused(lost: str) -> None:
    document = {key: value for key, value in FULL.to_dict().items() if key != lost}
    with pytest.raises(CodebookError, match="not complete"):
        Codebook.from_dict(document)


ODD = [
    (lambda d: d.update(variables=3), "the codebook: variables is 3; it must be a list"),
    (lambda d: d["variables"].insert(0, "q"), "column 1 is 'q'; it must be a mapping"),
    (
        lambda d: d["variables"][0].update(text="Fair"),
        "column 'q1': text is 'Fair'; it must be words",
    ),
    (
        lambda d: d["variables"][0].update(level="likert"),
        "column 'q1': level is 'likert'; .*ordina",
    ),
    (
        lambda d: d["variables"][0].update(favourable=["4"]),
        "favourable is .'4'.; it must be a list",
    ),
    (lambda d: d["variables"][0].update(txt={}), "column 'q1': unknown key 'txt'; known: id, "),
    (lambda d: d["variables"][0].pop("role"), "not complete: column 'q1' lacks 'role'"),
    (lambda d: d["variables"][0].pop("id"), "not complete: column 1 lacks 'id'"),
    (
        lambda d: d["variables"][0]["categories"][0].update(code="1"),
        "column 'q1', one of its categories: code is '1'; it must be a whole number",
    ),
    (lambda d: d["scales"][0].update(low="1"), "scale 'trust': low is '1'; it must be a number"),
    (lambda d: d["scales"][0].update(ends={"en": ["no"]}), "ends is .*; it must be two texts by"),
    (lambda d: d["scales"][0].update(top_box=["q1"]), "scale 'trust': top_box is .*a mapping"),
]


@pytest.mark.parametrize(("spoil", "told"), ODD, ids=[told for _, told in ODD])
def test_what_is_odd_in_a_codebook_is_refused_by_its_place(
    spoil: Callable[[dict[str, Any]], object], told: str
) -> None:
    document = json.loads(json.dumps(FULL.to_dict()))
    spoil(document)
    with pytest.raises(CodebookError, match=told):
        Codebook.from_dict(document)


def test_a_column_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(
        CodebookError, match="no column 'q9' in the codebook; it has: q1, q2, years"
    ):
        FULL.variable("q9")


def test_two_waves_share_the_columns_with_one_key_and_their_whole_scales() -> None:
    short = book(Q1, question("extra"), scales=[scale("short", ["q1"])])
    shared = match_codebooks(short, FULL)
    assert [v.id for v in shared.variables] == ["q1"]
    assert shared.scales == ()
    assert match_codebooks(FULL, FULL) == FULL


def test_a_scale_may_gain_words_and_not_items() -> None:
    told_better = replace(TRUST, title={"en": "Trust", "es": "Confianza"})
    other_items = replace(TRUST, items=("q1",), reverse=())
    assert match_codebooks(FULL, book(Q1, Q2, scales=[told_better])).scales == (told_better,)
    assert match_codebooks(FULL, book(Q1, Q2, scales=[other_items])).scales == ()


def test_a_top_box_of_an_item_that_is_not_shared_is_left_out() -> None:
    told = scale("s", ["q2"], top_box=TopBox("q1", (4, 5)))
    before, after = book(Q2, scales=[told]), book(Q1, Q2, scales=[told])
    assert match_codebooks(before, after).scales == (replace(told, top_box=None),)


def test_a_question_with_another_key_is_another_question() -> None:
    changed = replace(Q1, comparability_key="q1/2")
    assert [v.id for v in match_codebooks(FULL, book(changed, Q2)).variables] == ["q2"]


@pytest.mark.parametrize(
    "changed",
    [
        replace(Q1, text={"en": "Reworded?"}),
        replace(Q1, level="nominal"),
        replace(Q1, categories=Q1.categories[:-1]),
        replace(Q1, categories=(Category(1, {"en": "Relabelled"}), *Q1.categories[1:])),
    ],
)
def test_changed_content_under_one_key_is_refused(changed: object) -> None:
    with pytest.raises(CodebookError, match="column 'q1': wording or options differ"):
        match_codebooks(FULL, replace(FULL, variables=(changed, Q2)))


def test_a_new_language_is_no_changed_wording() -> None:
    translated = replace(Q1, text={"en": "q1?", "es": "¿q1?"})
    assert translated in match_codebooks(FULL, book(translated, Q2)).variables


def test_a_mended_translation_is_the_same_question() -> None:
    """The checks tell of it; the wording that the others are translated from may not change."""
    spoken, mended = (replace(Q1, text={"en": "q1?", "es": text}) for text in ("¿q?", "¿q1?"))
    books = [replace(book(column, Q2), languages=("en", "es")) for column in (spoken, mended)]
    assert mended in match_codebooks(*books).variables
    in_spanish = [replace(each, languages=("es", "en")) for each in books]
    with pytest.raises(CodebookError, match="wording or options differ"):
        match_codebooks(*in_spanish)


def test_instruments_that_share_nothing_are_refused() -> None:
    with pytest.raises(CodebookError, match="share no item"):
        match_codebooks(FULL, book(question("other")))


def test_the_fingerprint_follows_what_a_respondent_could_read() -> None:
    assert Q1.fingerprint() == replace(Q1, favourable=()).fingerprint()
    assert Q1.fingerprint() != replace(Q1, text={"en": "Reworded?"}).fingerprint()


def test_without_favourable_codes_neither_direction_is_good_news() -> None:
    assert Q1.higher_is_favourable is True
    assert replace(Q1, favourable=(1, 2)).higher_is_favourable is False
    assert Q2.higher_is_favourable is None
