"""What every instrument that ships has to keep."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest
import yaml

from app.console import initiatives
from app.instruments.codebook import build_codebook
from app.instruments.comparability import clashes_with
from app.instruments.load.shipped import folder, shipped_instruments
from app.instruments.model import Instrument
from app.instruments.texts import openable_languages, texts_of
from app.instruments.version import freeze
from app.questions.contract import AreaChoice
from app.questions.schema import tokens_in

AREAS = (AreaChoice(1, {"en": "North"}),)
LANGUAGES = ("en", "es", "ar", "vi")
MARKS = {"en": "?", "es": "?", "ar": "؟", "vi": "?"}
ARABIC = re.compile(r"[\u0600-\u06ff]")
# Letters that carry a tone or a hook in Vietnamese and in no other language here.
TONES = re.compile(r"[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
HASHES = {
    "after_contact": "535284535b19cd6b4243d1a2dc61dc50093670d6b6feb726d4ce40a1de159311",
    "core_trust": "c0701a835df97fe696b752a78d1ca8cec80c8cc08216de291d9f4a9adc389572",
    "partners": "367e0c1a6c62dc7cd48838a5df6aa04a7cb8b715cd16fb8f54dc0a451966d83c",
    "pulse": "3dd79d3c722329d8203e3dda805062c4db2d118182609133e9b54ede2a044e9b",
    "relationships_of_trust": "75fc653e15dd87f8fca2534108a9f18e4118b6bc7121edb12a6e53979f1ba8c9",
}

every = pytest.mark.parametrize("instrument", shipped_instruments(), ids=lambda i: i.id)


def test_five_instruments_ship_each_under_its_own_name() -> None:
    assert [instrument.id for instrument in shipped_instruments()] == [
        "after_contact",
        "core_trust",
        "partners",
        "pulse",
        "relationships_of_trust",
    ]
    assert [path.stem for path in sorted(folder().glob("*.yaml"))] == [
        instrument.id for instrument in shipped_instruments()
    ]


@every
def test_the_wording_is_our_own_and_free_for_all(instrument: Instrument) -> None:
    assert instrument.status == "original"
    assert instrument.licence.spdx == "CC0-1.0"
    assert instrument.licence.commercial_ok
    assert instrument.source.citation.startswith("Rapport, own wording")


@every
def test_a_wave_can_open_in_four_languages_and_translations_are_drafts(
    instrument: Instrument,
) -> None:
    assert openable_languages(instrument) == LANGUAGES
    told = {code: (lang.status, lang.reviewer) for code, lang in instrument.languages.items()}
    assert told == {
        "en": ("original", None),
        "es": ("draft", None),
        "ar": ("draft", None),
        "vi": ("draft", None),
    }


@every
def test_each_language_is_written_in_its_own_letters(instrument: Instrument) -> None:
    for place, text in texts_of(instrument):
        assert set(text) == set(LANGUAGES), place
        words = {lang: "".join(phrases) for lang, phrases in text.items()}
        arabic = re.sub(r"\{\w+\}|[\d\W_]", "", words["ar"])
        assert not ARABIC.sub("", arabic), place
        assert not any(ARABIC.search(words[lang]) for lang in ("en", "es", "vi")), place
        assert not any(TONES.search(words[lang]) for lang in ("en", "es")), place
        assert all(unicodedata.is_normalized("NFC", word) for word in words.values()), place


@every
def test_vietnamese_keeps_its_tones_and_one_way_of_address(instrument: Instrument) -> None:
    texts = [text["vi"] for _, text in texts_of(instrument)]
    words = " ".join(phrase for phrases in texts for phrase in phrases)
    assert len(TONES.findall(words)) > len(words) / 10
    assert not re.search(r"\b(bạn|anh|ông|bà)\b", words)


@every
def test_every_question_that_asks_offers_not_to_say(instrument: Instrument) -> None:
    page = instrument.page_context("en", AREAS, {})
    for question in instrument.asking("follow_up"):
        assert "-2" in [choice.value for choice in question.choices(page, {})], question.id


@every
def test_no_two_options_of_a_question_read_alike_in_any_language(instrument: Instrument) -> None:
    for lang in LANGUAGES:
        page = instrument.page_context(lang, AREAS, {})
        for question in instrument.asking("follow_up"):
            labels = [choice.label for choice in question.choices(page, {})]
            assert len(set(labels)) == len(labels), (question.id, lang)


@every
def test_every_question_asks_once_in_every_language(instrument: Instrument) -> None:
    for question in instrument.asking("follow_up"):
        for lang, mark in MARKS.items():
            assert question.text[lang].count(mark) == 1, (question.id, lang)
            assert question.text[lang].endswith(mark), (question.id, lang)


@every
def test_a_key_of_two_instruments_stands_for_the_same_words(instrument: Instrument) -> None:
    others = [other for other in shipped_instruments() if other.id != instrument.id]
    assert list(clashes_with(instrument, others)) == []


@every
def test_the_notice_says_what_the_instrument_can_promise_in_all_languages(
    instrument: Instrument,
) -> None:
    consent = instrument.consent
    assert consent is not None
    for name in type(consent).model_fields:
        assert getattr(consent, name).keys() == instrument.languages.keys(), name


@every
def test_here_is_said_before_it_is_asked_about(instrument: Instrument) -> None:
    first = next(q.id for q in instrument.questions if re.search(r"\bhere\b", q.text["en"]))
    assert first == "here"


@every
def test_only_the_words_of_the_initiative_are_piped(instrument: Instrument) -> None:
    found = {q.id: tokens_in(q.text["en"]) for q in instrument.questions}
    piped = {name: tokens for name, tokens in found.items() if tokens}
    core = {"x1": {"initiative"}, "x2": {"initiative"}}
    assert piped in ({}, core, {"here": {"police"}})


def test_ages_begin_at_18_as_staff_are_told_where_they_set_the_limit() -> None:
    asked = [
        question.offered.options[0].label["en"]
        for instrument in shipped_instruments()
        for question in instrument.questions
        if question.id == "age_band"
    ]
    assert asked == ["18 to 24"] * 3
    pages = Path(initiatives.__file__).parent / "locale"
    for language in ("en", "es"):
        texts = yaml.safe_load((pages / f"{language}.yaml").read_text("utf-8"))["texts"]
        assert "18" in texts["youngest_hint"].partition("Rapport")[2]


@every
def test_both_waves_ask_the_same_items(instrument: Instrument) -> None:
    before, after = (build_codebook(instrument, kind, AREAS) for kind in ("baseline", "follow_up"))
    assert [v for v in after.variables if v.role == "item"] == [
        v for v in before.variables if v.role == "item"
    ]
    assert before.scales == after.scales


@pytest.mark.parametrize("name", HASHES)
def test_the_content_of_what_ships_changes_on_purpose_only(name: str) -> None:
    """Waves in the field carry this hash. A new wording is a new version of the file."""
    (instrument,) = (i for i in shipped_instruments() if i.id == name)
    assert freeze(instrument).content_hash == HASHES[name]
