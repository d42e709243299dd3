"""A frozen instrument never changes, and its hash says so."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.instruments.comparability import WordingClash, clashes_with
from app.instruments.load import load_instrument
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.texts import missing_texts, openable_languages
from app.instruments.version import freeze, thaw
from tests.surveys.read import FOLDER, names, read

EVERY = [*(read(name) for name in names()), *shipped_instruments()]
TEXT = (FOLDER / "street_pulse.yaml").read_text("utf-8")
PULSE = read("street_pulse")


def test_an_instrument_has_the_same_hash_in_every_release() -> None:
    """Waves in the field carry these hashes: a change of the frozen form would disown them."""
    assert freeze(PULSE).content_hash == (
        "5c24169885461ebf2797d4cdd28e43ad6410381c7afc1f0befba71e62c9aadfc"
    )
    assert freeze(read("branching")).content_hash == (
        "acdd73d67e7a3fb1c5ba368ea92a0a9487fe1145795c4ee72356eca3990dc590"
    )


@pytest.mark.parametrize("instrument", EVERY, ids=lambda instrument: instrument.id)
def test_a_frozen_instrument_thaws_to_itself_after_a_trip_through_json(
    instrument: Instrument,
) -> None:
    frozen = freeze(instrument)
    thawed = thaw(json.loads(json.dumps(frozen.document)))
    assert thawed == instrument
    assert freeze(thawed) == frozen


def test_the_hash_depends_on_content_and_not_on_layout() -> None:
    again = load_instrument(
        "# a comment\n" + TEXT.replace("minutes: 1\n", "minutes:   1\n\n"), source="x"
    )
    assert freeze(again).content_hash == freeze(PULSE).content_hash


def test_a_default_that_is_written_out_changes_no_hash() -> None:
    again = load_instrument(
        TEXT.replace("id: q2,", "id: q2, role: item, sensitive: false,"), source="x"
    )
    assert freeze(again).content_hash == freeze(PULSE).content_hash


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("trust the police here?", "trust police here?"),
        ("A little", "A bit"),
        ("reverse: [q1]", "reverse: [q2]"),
        ("minutes: 1", "minutes: 2"),
        ("[dont_know, prefer_not_to_say]", "[prefer_not_to_say]"),
        ("item: met, in: [1]", "item: met, in: [2]"),
    ],
)
def test_any_change_of_content_changes_the_hash(old: str, new: str) -> None:
    changed = load_instrument(TEXT.replace(old, new, 1), source="x")
    assert freeze(changed).content_hash != freeze(PULSE).content_hash


def test_the_frozen_document_names_the_reserved_answers_in_the_words_that_were_read() -> None:
    labels = freeze(PULSE).document["missing_labels"]
    assert labels["dont_know"] == {"en": "Don't know", "es": "No sé"}
    own = freeze(read("untranslated")).document["missing_labels"]
    assert own["dont_know"]["en"] == "I do not know"


def test_the_frozen_document_writes_an_option_set_once() -> None:
    questions = freeze(PULSE).document["pages"][0]["questions"]
    assert {question["options"] for question in questions} == {"ext5"}


def test_a_wave_opens_only_in_languages_without_a_gap() -> None:
    instrument = read("untranslated")
    assert openable_languages(instrument) == ("en",)
    assert openable_languages(PULSE) == ("en", "es")
    gaps = [(missing.language, missing.where) for missing in missing_texts(instrument)]
    assert gaps == [
        ("so", "the program's own words in so"),
        ("es", "pages[0].questions[0].text"),
        ("es", "pages[0].questions[0].options.options[1].label"),
    ]


def test_equal_words_under_one_key_are_one_measure() -> None:
    assert list(clashes_with(PULSE, EVERY)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("How much do you trust the police here?", "Do you trust the police here?"),
        ("Del todo", "Completamente"),
        ('code: 5, label: {en: "Completely"', 'code: 6, label: {en: "Completely"'),
        ("[dont_know, prefer_not_to_say]", "[prefer_not_to_say]"),
        ("id: t1, kind: likert,", "id: t1, kind: likert, favourable: [3, 4, 5],"),
        ("id: t1, kind: likert", "id: t1, kind: single_choice"),
    ],
)
def test_other_words_options_or_direction_under_one_key_clash(old: str, new: str) -> None:
    text = TEXT[: TEXT.index("scales:")].replace(old, new, 1)
    changed = load_instrument(text, source="x")
    (core,) = (instrument for instrument in EVERY if instrument.id == "core_trust")
    clash = WordingClash("t1", "core_trust/t1/1", "core_trust")
    assert clash in list(clashes_with(changed, [core]))


def test_a_translation_that_only_one_file_has_is_no_clash() -> None:
    german = load_instrument(re.sub(r"\bes: ", "de: ", TEXT), source="x")
    assert list(clashes_with(german, [PULSE])) == []


@given(st.permutations(["id: street_pulse", "version: 1", "minutes: 1", "status: original"]))
def test_the_order_of_keys_changes_no_hash(order: list[str]) -> None:
    rest = "\n".join(line for line in TEXT.splitlines() if line not in order)
    again = load_instrument("\n".join(order) + "\n" + rest, source="x")
    assert freeze(again).content_hash == freeze(PULSE).content_hash
