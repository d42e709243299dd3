"""The four instruments beside core_trust, as the reference asks for them."""

from __future__ import annotations

import re

import pytest

from analysis.codebook import Codebook, match_codebooks
from app.instruments.codebook import build_codebook
from app.instruments.load.shipped import shipped_instruments
from app.instruments.model import Instrument
from app.instruments.sheet import decode_sheet
from app.questions.contract import AreaChoice

SHIPPED = {instrument.id: instrument for instrument in shipped_instruments()}
AREAS = (AreaChoice(1, {"en": "North"}),)
ABOUT_YOU = ["age_band", "gender", "race"]

# instruments.md §3, §5 and §6, word for word
WORDING = {
    "relationships_of_trust": {
        "r2": "What was that contact about?",
        "r3": "How well do you know the police department here?",
        "r4": "How many of the officers who work in this area can you name?",
        "r5": "How many of the people who lead the police department can you name?",
        "r6": "What have the police here done well in the last three years?",
        "r7": "What will be hardest for the police chief?",
        "r8": "What should the police here do better?",
        "r9": "How good a job do the leaders of the police department do?",
        "r10": "How safe is this city?",
        "r11": "How safe is your part of the city?",
        "r12": "When police and residents solve problems together, it is called community "
        "policing. How much do you know about it?",
        "r13": "Which of these matter most when police and residents work together?",
        "r14": "How good are the police here at working with residents to solve problems?",
        "r15": "What one step by the police would help this area most?",
        "r17": "How good are the police here at solving crimes?",
        "r18": "Is violent crime in this city going up, going down, or staying the same?",
    },
    "partners": {
        "pb1": "What kind of group do you answer for?",
        "pb2": "How often was your group in touch with the police here in the last 12 months?",
        "p1": "How sure are you that you know whom to call at the police "
        "when your group needs help?",
        "p2": "How often do the police here share news that helps your group stay safe?",
        "p3": "How easy is it for your group to tell the police here what it knows?",
        "p4": "When your group tells the police something, "
        "how often do you hear back what came of it?",
        "p5": "How often do the police here ask what your group thinks "
        "before they act on a local problem?",
        "p6": "How often do the police here work with your group to fix a problem?",
        "p7": "How often do the police here do what they tell your group they will do?",
        "p8": "How sure are you that the police here keep private what your group tells them?",
        "p9": "How sure are you that the police here respect people's rights "
        "when they use what they are told?",
        "p10": "How clear are the rules on what the police here may do "
        "with what your group tells them?",
        "p11": "If your group saw a crime, "
        "how likely would you be to report it to the police here?",
        "p12": "How often can people get help from the police here "
        "in the language they like to use?",
        "p13": "How often do the people your group works with stay away from the police "
        "because they are afraid?",
        "p14": "All in all, how happy are you with the way the police here work with your group?",
        "p15": "How clear is it who does what when your guards and the police work "
        "in the same place?",
    },
    "after_contact": {
        "h1": "What was your last contact with the police here about?",
        "h2": "Who started it?",
        "h3": "When was it?",
        "g1": "How much did the officer treat you with respect?",
        "g2": "How much did the officer listen to what you had to say?",
        "g3": "How well did the officer explain what was going on?",
        "g4": "How fairly or unfairly did the officer treat you?",
        "g5": "How much did the officer look at the facts before deciding what to do?",
        "g6": "How much did the officer respect your rights?",
        "g7": "How much did the officer care about how you were doing?",
        "g8": "How well could you and the officer understand each other's language?",
        "g9": "All in all, how happy are you with how the officer dealt with it?",
        "g10": "If you needed help again, how likely would you be to call the police here?",
    },
}
CONTACTS = (
    "Reported a crime, Asked for help or information, Traffic stop, Traffic crash, "
    "Victim or witness, Meeting, event or neighbourhood group, Questioned or arrested, Other"
)
TASKS = (
    "Coming quickly, Preventing crime, Solving crimes, Fair treatment, Being seen on the street, "
    "Listening, Explaining what they do, Help in people's own language, Young people, Safer roads"
)
LABELS = {
    ("relationships_of_trust", "r2"): CONTACTS,
    ("relationships_of_trust", "r3"): "Not at all well, Not very well, Fairly well, Well, "
    "Very well",
    ("relationships_of_trust", "r4"): "None, One, Two or three, Four or more",
    ("relationships_of_trust", "r5"): "None, One, Two or three, Four or more",
    ("relationships_of_trust", "r6"): f"{TASKS}, Something else, Nothing I can think of",
    ("relationships_of_trust", "r7"): f"{TASKS}, Too few officers, Money, Trust, Something else",
    ("relationships_of_trust", "r8"): f"{TASKS}, Something else",
    ("relationships_of_trust", "r12"): "Nothing, A little, Some, A lot",
    ("relationships_of_trust", "r13"): "Partnerships, Problem solving, Listening, Trust, "
    "Being seen, Telling people what happens, Changing how the department works",
    ("relationships_of_trust", "r15"): f"{TASKS}, Something else",
    ("relationships_of_trust", "r18"): "Going down, Staying the same, Going up",
    ("partners", "pb1"): "Community or faith, Business, Private security, "
    "School, health or social service, Residents' group, Other",
    ("partners", "pb2"): "Never, Once or twice, Every few months, Monthly, Weekly or more",
    ("partners", "p7"): "Never, Rarely, Sometimes, Often, Always, Does not apply",
    ("partners", "p10"): "Not at all clear, A little clear, Somewhat clear, Clear, Very clear",
    ("after_contact", "h1"): CONTACTS,
    ("after_contact", "h2"): "Me, The police, Someone else, Not sure",
    ("after_contact", "h3"): "In the last month, 1 to 3 months ago, 4 to 12 months ago",
    ("after_contact", "g4"): "Very unfairly, Unfairly, Neither fairly nor unfairly, Fairly, "
    "Very fairly",
}


def asked(name: str) -> list[str]:
    return [question.id for question in SHIPPED[name].asking("follow_up")]


def book(name: str) -> Codebook:
    return build_codebook(SHIPPED[name], "follow_up", AREAS)


@pytest.mark.parametrize(
    ("name", "question_id"), [(name, q) for name, texts in WORDING.items() for q in texts]
)
def test_the_english_words_are_those_of_the_reference(name: str, question_id: str) -> None:
    texts = {q.id: q.text["en"] for q in SHIPPED[name].questions}
    assert texts[question_id] == WORDING[name][question_id]


@pytest.mark.parametrize(("name", "question_id"), LABELS)
def test_the_options_are_those_of_the_reference(name: str, question_id: str) -> None:
    page = SHIPPED[name].page_context("en", AREAS, {})
    (chosen,) = (q for q in SHIPPED[name].questions if q.id == question_id)
    labels = [choice.label for choice in chosen.choices(page, {}) if not choice.is_missing]
    assert ", ".join(labels) == LABELS[name, question_id]


def test_pulse_is_seven_items_of_core_trust_and_who_you_are() -> None:
    items = ["t1", "f2", "f3", "e2", "w2", "c1", "s1"]
    assert asked("pulse") == ["area", *items, *ABOUT_YOU]
    assert SHIPPED["pulse"].scales == ()


def test_pulse_compares_with_core_trust_item_by_item_and_has_no_trust_scale() -> None:
    for before, after in (("core_trust", "pulse"), ("pulse", "core_trust")):
        shared = match_codebooks(book(before), book(after))
        items = [v.id for v in shared.variables if v.role == "item"]
        assert items == ["t1", "f2", "f3", "e2", "w2", "c1", "s1"]
        assert {"area", "age_band", "gender"} <= {v.id for v in shared.variables}
        assert shared.scales == ()


def test_each_topic_of_the_original_is_covered_once_and_in_its_order() -> None:
    instrument = SHIPPED["relationships_of_trust"]
    covered = {q.id: q.covers for q in instrument.asking("baseline")}
    assert covered.pop("area") is None
    numbers = {name: int((topic or "").partition(": ")[0]) for name, topic in covered.items()}
    assert sorted(numbers.values()) == list(range(1, 22))
    assert [n for name, n in numbers.items() if name not in ABOUT_YOU] == list(range(1, 19))


def test_the_topics_share_contact_and_crime_prevention_with_core_trust() -> None:
    shared = match_codebooks(book("core_trust"), book("relationships_of_trust"))
    assert [v.id for v in shared.variables if v.id[0] in "kw"] == ["k1", "w1"]
    assert [v.id for v in shared.variables if v.role == "item"] == ["w1"]


@pytest.mark.parametrize("question_id", ["r6", "r7", "r8", "r13"])
def test_up_to_three_may_be_chosen(question_id: str) -> None:
    chosen = {q.id: q for q in SHIPPED["relationships_of_trust"].questions}[question_id]
    assert chosen.decode({question_id: ["1", "2", "3"]}, ()) == [1, 2, 3]
    assert not isinstance(chosen.decode({question_id: ["1", "2", "3", "4"]}, ()), list)


def test_nothing_i_can_think_of_stands_alone() -> None:
    (best,) = (q for q in SHIPPED["relationships_of_trust"].questions if q.id == "r6")
    assert best.decode({"r6": ["0"]}, ()) == [0]
    assert not isinstance(best.decode({"r6": ["0", "1"]}, ()), list)


def scales(name: str) -> dict[str, tuple[str, int, bool]]:
    return {
        scale.id: (" ".join(scale.items), scale.answers_needed(), scale.is_primary)
        for scale in book(name).scales
    }


def test_scales_have_the_items_and_needs_of_the_reference() -> None:
    assert scales("relationships_of_trust") == {"effectiveness": ("r9 r14 w1 r17", 3, False)}
    assert scales("partners") == {
        "partnership": ("p2 p3 p4 p5 p6 p7", 4, True),
        "safeguards": ("p8 p9 p10", 2, False),
    }
    assert scales("after_contact") == {"encounter": ("g1 g2 g3 g4 g5 g6 g7", 4, True)}


def test_what_is_better_when_lower_says_so() -> None:
    assert book("partners").variable("p13").favourable == (1, 2)
    assert book("relationships_of_trust").variable("r18").favourable == (1,)


@pytest.mark.parametrize("item", ["p4", "p7", "p14"])
def test_does_not_apply_is_an_answer_that_enters_no_mean(item: str) -> None:
    column = book("partners").variable(item)
    assert column.valid_codes == (1, 2, 3, 4, 5)
    assert {c.code for c in column.categories if c.is_missing} == {9, -1, -2}


def test_only_private_security_is_asked_about_guards_and_nothing_else_is_hidden() -> None:
    conditional = [q.id for q in SHIPPED["partners"].questions if q.show_if is not None]
    assert conditional == ["p15"]
    for kind, is_asked in (("3", True), ("2", False)):
        sheet = decode_sheet(SHIPPED["partners"], {"pb1": [kind], "p15": ["5"]}, "baseline")
        assert (sheet.answers["p15"] == 5) is is_asked


@pytest.mark.parametrize("name", ["partners", "after_contact"])
def test_where_few_answer_nothing_is_asked_that_points_to_a_person(name: str) -> None:
    instrument: Instrument = SHIPPED[name]
    assert not {"area", *ABOUT_YOU} & set(asked(name))
    assert not any(q.names_place for q in instrument.questions)


def test_after_contact_asks_for_no_officer_place_or_case_number() -> None:
    questions = " ".join(q.text["en"] for q in SHIPPED["after_contact"].asking("baseline")).lower()
    assert not re.search(r"\b(name|badge|number|case|where|address|date)\b", questions)


def test_sixteen_and_ten_items() -> None:
    for name, count in (("partners", 16), ("after_contact", 10)):
        items = [v.id for v in book(name).variables if v.role == "item"]
        assert len(items) == count
