"""What an instrument tells analysis."""

from __future__ import annotations

import pytest

from analysis.codebook import (
    DONT_KNOW,
    PREFER_NOT_TO_SAY,
    Codebook,
    canonical_json,
    match_codebooks,
)
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument
from app.instruments.version import freeze
from app.questions.contract import AreaChoice
from tests.surveys.read import FOLDER, names, read

AREAS = (AreaChoice(1, {"en": "North", "ar": "الشمال"}), AreaChoice(2, {"en": "South"}))
PULSE = read("street_pulse")


@pytest.mark.parametrize("name", names())
def test_a_codebook_survives_being_written_down(name: str) -> None:
    book = build_codebook(read(name), "follow_up", AREAS)
    again = Codebook.from_dict(book.to_dict())
    assert canonical_json(again.to_dict()) == canonical_json(book.to_dict())


def test_a_codebook_carries_the_hash_of_the_frozen_instrument() -> None:
    book = build_codebook(PULSE, "baseline")
    assert book.content_hash == freeze(PULSE).content_hash
    assert (book.instrument_id, book.version) == ("street_pulse", 1)
    assert book.languages == ("en", "es")


def test_a_rating_becomes_one_ordinal_item_with_its_reserved_answers() -> None:
    t1 = build_codebook(PULSE, "baseline").variable("t1")
    assert (t1.level, t1.role, t1.comparability_key) == ("ordinal", "item", "core_trust/t1/1")
    assert t1.valid_codes == (1, 2, 3, 4, 5)
    assert [c.code for c in t1.categories if c.is_missing] == [DONT_KNOW, PREFER_NOT_TO_SAY]
    assert t1.categories[-1].label["es"] == "Prefiero no decirlo"


def test_a_question_without_a_key_is_comparable_with_itself_in_this_version_only() -> None:
    assert build_codebook(PULSE, "baseline").variable("q1").comparability_key == "street_pulse/q1/1"


def test_the_good_end_of_a_scored_item_follows_from_its_scale() -> None:
    book = build_codebook(PULSE, "baseline")
    assert book.variable("t1").favourable == (4, 5)
    assert book.variable("q1").favourable == (1, 2)
    assert book.variable("q1").higher_is_favourable is False
    assert book.variable("heard").favourable == ()


def test_a_scale_keeps_what_the_file_says() -> None:
    (scale,) = build_codebook(PULSE, "baseline").scales
    assert (scale.low, scale.high, scale.is_primary, scale.reverse) == (1, 5, True, ("q1",))
    assert scale.ends["es"] == ("menos tranquilidad", "más tranquilidad")
    assert scale.top_box is not None
    assert (scale.top_box.item, scale.top_box.codes) == ("t1", (4, 5))
    assert scale.answers_needed() == 2
    assert scale.title == {"en": "ease", "es": "ease"}


def test_a_fraction_of_the_items_may_be_asked_for() -> None:
    text = (FOLDER / "street_pulse.yaml").read_text("utf-8").replace("more_than_half", "2/3")
    (scale,) = build_codebook(load_instrument(text, source="x"), "baseline").scales
    assert scale.answers_needed() == 2


def test_a_question_of_the_after_wave_is_no_column_of_the_baseline() -> None:
    placed = read("areas_and_tokens")
    assert [v.id for v in build_codebook(placed, "baseline", AREAS).variables] == ["area"]
    assert [v.id for v in build_codebook(placed, "follow_up", AREAS).variables] == ["area", "heard"]


def test_a_scale_stands_only_where_all_its_items_are_asked() -> None:
    text = (FOLDER / "street_pulse.yaml").read_text("utf-8")
    instrument = load_instrument(text.replace("id: q2,", "id: q2, waves: [follow_up],"), source="x")
    assert build_codebook(instrument, "baseline").scales == ()
    assert [scale.id for scale in build_codebook(instrument, "follow_up").scales] == ["ease"]


def test_areas_are_the_categories_of_the_area() -> None:
    area = build_codebook(read("areas_and_tokens"), "baseline", AREAS).variable("area")
    assert (area.level, area.role) == ("nominal", "background")
    assert [(c.code, c.label["en"]) for c in area.categories if not c.is_missing] == [
        (1, "North"),
        (2, "South"),
    ]


def test_several_answers_are_binary_columns_grouped_by_their_question() -> None:
    columns = build_codebook(read("pick_all"), "baseline").variables
    assert [column.id for column in columns] == ["better_1", "better_2", "better_3", "better_4"]
    assert {column.question for column in columns} == {"better"}
    assert {column.level for column in columns} == {"binary"}
    assert columns[1].categories[1].label == {"en": "Listening"}
    assert columns[1].comparability_key == "pick_all/better/1#2"


def test_the_words_of_the_initiative_stand_in_the_texts_when_they_are_given() -> None:
    placed = read("areas_and_tokens")
    tokens = {"initiative": "Safe Streets", "area": "here", "police": "the police"}
    book = build_codebook(placed, "follow_up", AREAS, tokens)
    assert book.variable("heard").text["en"] == "Had you heard of Safe Streets?"
    raw = build_codebook(placed, "follow_up", AREAS)
    assert raw.variable("heard").text["en"] == "Had you heard of {initiative}?"


def test_the_two_waves_of_an_instrument_match() -> None:
    before, after = (build_codebook(PULSE, kind) for kind in ("baseline", "follow_up"))
    assert match_codebooks(before, after) == after
