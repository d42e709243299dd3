"""The default instrument, as the reference asks for it."""

from __future__ import annotations

import pytest

from app.instruments.codebook import build_codebook
from app.instruments.load.shipped import shipped_instruments
from app.questions.contract import AreaChoice
from app.questions.schema import tokens_in

CORE = next(i for i in shipped_instruments() if i.id == "core_trust")
AREAS = (AreaChoice(1, {"en": "North"}),)
BOOK = build_codebook(CORE, "follow_up", AREAS)
QUESTIONS = {question.id: question for question in CORE.questions}
TRUST = ["t1", "t2", "f1", "f2", "f3", "f4", "f5", "f6", "e1", "e2", "e3", "l1", "l2"]
ITEMS = [*TRUST, "w1", "w2", "w3", "c1", "c2", "c3", "s1", "s2", "a1"]
MOST_WORDS = 20

# instruments.md §2, word for word
WORDING = {
    "t1": "How much do you trust the police here?",
    "t2": "If you needed help, how sure are you that the police here would help you?",
    "f1": "How often do the police here treat people with respect?",
    "f2": "How often do the police here treat people fairly, no matter who they are?",
    "f3": "How often do the police here listen to people before they decide what to do?",
    "f4": "How often do the police here explain why they do what they do?",
    "f5": "How often do the police here follow the rules they are meant to follow?",
    "f6": "How often do the police here treat some groups of people worse than others?",
    "e1": "How easy is it to tell the police here what worries you?",
    "e2": "How often do the police here act on what people tell them?",
    "e3": "How well do the police here understand the problems people have in this area?",
    "l1": "How often do the police here do what you think is right?",
    "l2": "How much do the police here care about people like you?",
    "w1": "How good are the police here at preventing crime?",
    "w2": "How good are the police here at coming quickly when people need them?",
    "w3": "How good are the police here at dealing with the problems people report?",
    "c1": "If you saw a crime, how likely would you be to call the police?",
    "c2": "If the police asked you about a crime, "
    "how likely would you be to tell them what you know?",
    "c3": "How likely would you be to work with the police to fix a problem in this area?",
    "s1": "How safe do you feel when you walk alone in this area after dark?",
    "s2": "How safe do you feel when you walk alone in this area in the day?",
    "a1": "Could you get help from the police here in the language you like to use?",
    "x1": "Before today, had you heard of {initiative}?",
    "x2": "Have you taken part in, or been visited by, {initiative}?",
    "k1": "Have you had any contact with the police here in the last 12 months?",
    "k2": "Who started the last contact?",
    "k3": "How much did the officer treat you with respect that time?",
    "k4": "All in all, how happy were you with that contact?",
}


@pytest.mark.parametrize("question", WORDING)
def test_the_english_words_are_those_of_the_reference(question: str) -> None:
    assert QUESTIONS[question].text["en"] == WORDING[question]


def test_the_questions_stand_in_the_order_of_the_reference_then_about_you() -> None:
    asked = [q.id for q in CORE.asking("follow_up")]
    assert asked == ["area", *WORDING, "age_band", "gender", "race", "language_liked"]
    assert [q.id for q in CORE.asking("baseline")] == [q for q in asked if q not in {"x1", "x2"}]


@pytest.mark.parametrize(
    ("options", "labels"),
    {
        "ext5": "Not at all, A little, Some, A lot, Completely",
        "freq5": "Never, Rarely, Sometimes, Often, Always",
        "sure5": "Not at all sure, A little sure, Somewhat sure, Very sure, Completely sure",
        "ease5": "Very hard, Hard, Neither hard nor easy, Easy, Very easy",
        "well5": "Not at all well, Not very well, Fairly well, Well, Very well",
        "good5": "Very bad, Bad, Neither good nor bad, Good, Very good",
        "lik5": "Very unlikely, Unlikely, Might or might not, Likely, Very likely",
        "safe5": "Very unsafe, Unsafe, Neither safe nor unsafe, Safe, Very safe",
        "satis5": "Very unhappy, Unhappy, Neither happy nor unhappy, Happy, Very happy",
        "lang4": "Yes definitely, Probably, Probably not, No",
        "yes3": "Yes, No, Not sure",
    }.items(),
)
def test_options_are_labelled_and_numbered_from_one(options: str, labels: str) -> None:
    chosen = CORE.option_sets[options]
    assert ", ".join(option.label["en"] for option in chosen.options) == labels
    assert list(chosen.codes) == list(range(1, len(chosen.codes) + 1))


def test_the_primary_scale_has_thirteen_items_and_needs_seven() -> None:
    (trust,) = (scale for scale in BOOK.scales if scale.is_primary)
    assert list(trust.items) == TRUST
    assert trust.reverse == ("f6",)
    assert trust.answers_needed() == 7
    assert trust.ends["en"] == ("least trust", "most trust")
    assert trust.top_box is not None
    assert (trust.top_box.item, trust.top_box.codes) == ("t1", (4, 5))


def test_the_secondary_scales_are_those_of_the_reference() -> None:
    items = {scale.id: " ".join(scale.items) for scale in BOOK.scales if not scale.is_primary}
    assert items == {
        "fair": "f1 f2 f3 f4 f5 f6",
        "engage": "e1 e2 e3",
        "legit": "t1 l1 l2",
        "effect": "w1 w2 w3",
        "coop": "c1 c2 c3",
    }


@pytest.mark.parametrize("item", ITEMS)
def test_every_item_has_a_good_end_and_offers_both_ways_out(item: str) -> None:
    column = BOOK.variable(item)
    expected = (1, 2) if item in {"f6", "a1"} else (4, 5)
    assert column.favourable == expected
    assert {c.code for c in column.categories if c.is_missing} == {-1, -2}


def test_contact_is_asked_further_only_where_there_was_some() -> None:
    conditional = {q.id: q.show_if for q in CORE.questions if q.show_if is not None}
    assert conditional.keys() == {"k2", "k3", "k4"}


def test_race_has_the_seven_categories_and_one_is_enough() -> None:
    columns = [v for v in BOOK.variables if v.question == "race"]
    assert [column.categories[1].label["en"] for column in columns] == [
        "American Indian or Alaska Native",
        "Asian",
        "Black or African American",
        "Hispanic or Latino",
        "Middle Eastern or North African",
        "Native Hawaiian or Pacific Islander",
        "White",
    ]
    assert QUESTIONS["race"].decode({"race": ["4"]}, ()) == [4]


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_is_one_short_question(item: str) -> None:
    for language, mark in (("en", "?"), ("es", "?"), ("ar", "؟")):
        text = QUESTIONS[item].text[language]
        assert text.count(mark) == 1
        assert len(text.split()) <= MOST_WORDS


def test_only_the_initiative_is_piped_into_questions() -> None:
    found = {q.id: tokens_in(q.text["en"]) for q in CORE.questions if tokens_in(q.text["en"])}
    assert found == {"x1": {"initiative"}, "x2": {"initiative"}}
