"""Each rule of the lint catches what is planted for it, and leaves sound instruments alone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.instruments.lint import FoundLine, lint
from app.instruments.lint.findings import RULES
from app.instruments.load import load_instrument, read_instrument, read_instrument_file
from app.instruments.load.shipped import folder
from tests.surveys.read import FOLDER, names
from tests.unit.app.instruments.test_lint_codes import PLANTED

GOOD = (FOLDER / "street_pulse.yaml").read_text("utf-8")
GOOD_NOTES = ["draft-translation"]
MET = 'text: {en: "Did you talk with an officer this year?", es: "¿Habló con un policía este año?"}'
LONG_WORDS = "Did communication considerations necessitate institutional deliberation?"
ONE_OPTION = '{code: 1, label: {en: "Not at all", es: "Nada"}}'
GRID_ROWS = ", ".join(
    f'{{id: g{n}, text: {{en: "How open are the police here?", es: "¿Y aquí?"}}}}' for n in range(6)
)
IN_A_GRID = "- {id: met, kind: single_choice, options: yes_no, "
OWN_WORDS = '- {id: %s, kind: long_text, text: {en: "What is missing?", es: "¿Qué falta?"}}\n'
ADDED = 'id: q3, kind: likert, options: ext5, text: {en: "Well?", es: "¿Y?"}}\n      - {'


def met(english: str, spanish: str = "¿Habló con un policía?") -> str:
    return f'text: {{en: "{english}", es: "{spanish}"}}'


# rule, what is changed in a sound file, into what, and what stands on the line that is told
SINS = [
    ("forbidden-topic", MET, met("Were you born in this city?"), "born"),
    ("reading-hard", MET, met(LONG_WORDS), "communication"),
    (
        "reading-above-aim",
        MET,
        met("How often do police listen to people before they decide?"),
        "lis",
    ),
    ("long-question", MET, met("Did " + "you or " * 9 + "we go home?"), "you or"),
    ("double-barrelled", MET, met("Did you meet and trust an officer?"), "and trust"),
    ("agree-disagree", ONE_OPTION, '{code: 1, label: {en: "I agree", es: "De acuerdo"}}', "id: t1"),
    ("no-refusal", "yes_no: {missing: [prefer_not_to_say], ", "yes_no: {", "id: met"),
    ("unlabelled-point", ONE_OPTION, '{code: 1, label: {en: "1", es: "1"}}', "id: t1"),
    (
        "long-grid",
        IN_A_GRID,
        f"- {{grid: [{GRID_ROWS}], kind: likert, options: ext5}}\n      {IN_A_GRID}",
        "grid:",
    ),
    ("free-text", IN_A_GRID, f"{OWN_WORDS % 'a'}      {IN_A_GRID}", "id: a,"),
    (
        "many-free-texts",
        IN_A_GRID,
        f"{OWN_WORDS % 'a'}      {OWN_WORDS % 'b'}      {IN_A_GRID}",
        "id: b,",
    ),
    ("missing-translation", ', es: "Un poco"', "", "A little"),
    ("draft-translation", "", "", "languages"),
    ("letters-not-on-phones", 'es: "Un poco"', 'es: "\U0001e900\U0001e921"', "languages"),
    ("idle-exception", "id: met,", 'id: met, lint_ok: [{rule: no-refusal, reason: "why"}],', "met"),
]
# the same, against the file as it was
CHANGES = [
    ("changed-wording", "Did you talk", "Did you speak", "id: met"),
    ("changed-wording", 'es: "Del todo"', 'es: "Completamente"', "id: t1"),
    (
        "new-key",
        'id: met, kind: single_choice, options: yes_no, text: {en: "Did',
        'id: met, comparability_key: b, kind: single_choice, options: yes_no, text: {en: "Oh, did',
        "id: met",
    ),
    ("lost-comparability", "version: 1", "version: 2", "id: q1"),
    (
        "added-question",
        "id: q2, kind",
        f"{ADDED}id: q2, kind",
        "id: q3",
    ),
    ("removed-question", "id: q2,", "id: q9,", "pages:"),
]


def found(text: str) -> list[FoundLine]:
    return lint(read_instrument(text, source="my.yaml"))


def found_since(text: str) -> list[FoundLine]:
    earlier = load_instrument(GOOD, source="before.yaml")
    return lint(read_instrument(text, source="my.yaml"), earlier=earlier)


def rules(lines: list[FoundLine]) -> list[str]:
    return [line.finding.rule for line in lines]


def assert_told(lines: list[FoundLine], rule: str, text: str, on_line: str) -> None:
    told = [line for line in lines if line.finding.rule == rule]
    assert told, [str(line) for line in lines]
    assert on_line in text.splitlines()[told[0].line - 1]
    assert str(told[0]).startswith(f"my.yaml:{told[0].line}: {RULES[rule]} [{rule}]: ")


@pytest.mark.parametrize(("rule", "old", "new", "on_line"), SINS, ids=[sin[0] for sin in SINS])
def test_a_planted_sin_is_told_on_its_line(rule: str, old: str, new: str, on_line: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    assert_told(found(text), rule, text, on_line)
    assert old == new or rule not in rules(found(GOOD))


@pytest.mark.parametrize(("rule", "old", "new", "on_line"), CHANGES)
def test_a_change_since_an_earlier_file_is_told(
    rule: str, old: str, new: str, on_line: str
) -> None:
    text = GOOD.replace(old, new, 1)
    if rule == "removed-question":
        text = text.replace("[t1, q1, q2]", "[t1, q1, q9]")
    assert_told(found_since(text), rule, text, on_line)


def test_every_rule_has_a_planted_sin() -> None:
    assert {sin[0] for sin in (*SINS, *CHANGES)} | PLANTED.keys() == RULES.keys()


def test_a_file_that_did_not_change_has_no_change_to_tell() -> None:
    assert rules(found_since(GOOD)) == GOOD_NOTES


def test_a_new_translation_is_no_change_of_a_question() -> None:
    german = re.sub(r"\bes: ", "de: ", GOOD)
    told = [line for line in found_since(german) if "change" in str(line)]
    assert told == []


@pytest.mark.parametrize("path", sorted(folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_what_ships_is_free_of_errors_and_advice(path: Path) -> None:
    lines = lint(read_instrument_file(path))
    assert [str(line) for line in lines if line.finding.weight != "note"] == []


@pytest.mark.parametrize("name", names())
def test_the_tiny_instruments_have_no_error(name: str) -> None:
    lines = lint(read_instrument_file(FOLDER / f"{name}.yaml"))
    assert "error" not in {line.finding.weight for line in lines}


def test_findings_come_in_the_order_of_the_file() -> None:
    text = GOOD.replace(MET, met(LONG_WORDS)).replace(', es: "Un poco"', "")
    lines = [line.line for line in found(text)]
    assert lines == sorted(lines)
    assert len(set(lines)) >= 3


def test_advice_may_be_declined_with_a_reason() -> None:
    text = GOOD.replace(MET, met("Did you meet and trust an officer?"))
    declined = text.replace(
        "id: met,", 'id: met, lint_ok: [{rule: double-barrelled, reason: "it is one"}],'
    )
    assert rules(found(text)) == [*GOOD_NOTES, "double-barrelled"]
    assert rules(found(declined)) == GOOD_NOTES


def test_an_error_cannot_be_declined() -> None:
    text = GOOD.replace(MET, met("Are you a citizen?")).replace(
        "id: met,", 'id: met, lint_ok: [{rule: forbidden-topic, reason: "we want to know"}],'
    )
    assert "forbidden-topic" in rules(found(text))


def test_an_exception_from_a_rule_that_does_not_exist_is_told() -> None:
    text = GOOD.replace("id: met,", 'id: met, lint_ok: [{rule: long-story, reason: "why"}],')
    assert "long-story" in str(found(text)[-1])
    assert rules(found(text)) == [*GOOD_NOTES, "idle-exception"]


@pytest.mark.parametrize(
    "innocent",
    [
        "Are you in favour or against?",
        "Is it getting worse, or staying the same?",
        "Do you call the police when you see a fight or hear a shot?",
        "How safe do you feel?",
    ],
)
def test_one_question_with_named_answers_or_a_condition_is_not_double(innocent: str) -> None:
    labels = GOOD.replace('"Not at all"', '"Worse"').replace('"A little"', '"Staying the same"')
    labels = labels.replace('"Some"', '"Against"')
    text = labels.replace("How open are the police here about what they do?", innocent)
    assert "double-barrelled" not in rules(found(text))


def test_two_questions_in_one_are_double() -> None:
    text = GOOD.replace(MET, met("Did you call? Did they come?"))
    assert "double-barrelled" in rules(found(text))


def test_spaces_between_syllables_are_not_counted_as_words() -> None:
    spanish = GOOD.replace("¿Habló con un policía este año?", "¿" + "uno dos " * 12 + "tres?")
    assert "long-question" in rules(found(spanish))
    assert "long-question" not in rules(found(re.sub(r"\bes: ", "vi: ", spanish)))


def test_a_gap_in_one_language_hides_no_finding_in_another() -> None:
    text = GOOD.replace(MET, met("Are you a citizen?")).replace(', es: "Un poco"', "")
    assert {"forbidden-topic", "missing-translation"} <= set(rules(found(text)))
