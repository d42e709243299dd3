from __future__ import annotations

import pytest

from app.instruments.lint import lint
from app.instruments.lint.codes import few_elements, known_elements
from app.instruments.load import load_instrument, read_instrument
from app.instruments.model import Instrument
from tests.surveys.read import FOLDER

FIRST = "What was the name of your first pet?"
TEACHER = (
    '      - {id: first_teacher, kind: code_element, text: {en: "Who was your first teacher?"}}\n'
)
PLANTED = {
    "known-to-police": (FIRST, "What is your mother's first name?"),
    "few-code-elements": (TEACHER, ""),
}


def asking(text: str, language: str = "en") -> Instrument:
    linked = (FOLDER / "linked.yaml").read_text("utf-8")
    return load_instrument(
        linked.replace(FIRST, text).replace("en:", f"{language}:"), source="linked"
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What month were you born? The month of birth is enough."),
        ("en", "What is your mother's first name?"),
        ("en", "What are the first letters of your middle name: your initials?"),
        ("en", "On which street did you grow up?"),
        ("en", "What are the last digits of your phone number?"),
        ("en", "What is your license plate?"),
        ("es", "¿Cuál es el nombre de su madre?"),
        ("es", "¿En qué calle creció?"),
        ("ar", "ما اسم الأم؟"),
        ("ar", "ما رقم هاتفك؟"),
        ("vi", "Tên của mẹ quý vị là gì?"),
        ("vi", "Năm sinh của quý vị?"),
    ],
)
def test_an_element_that_the_police_know_is_refused(language: str, text: str) -> None:
    (found,) = {str(finding) for finding in known_elements(asking(text, language))}
    assert "error [known-to-police]: 'first_pet'" in found


def test_what_only_the_person_remembers_is_taken() -> None:
    assert list(known_elements(asking(FIRST))) == []
    assert list(few_elements(asking(FIRST))) == []


def test_a_code_of_few_elements_is_advised_against() -> None:
    linked = (FOLDER / "linked.yaml").read_text("utf-8")
    short = "\n".join(line for line in linked.splitlines() if "first_teacher" not in line)
    (found,) = few_elements(load_instrument(short, source="linked"))
    assert "the code has 6 elements" in str(found)


@pytest.mark.parametrize("rule", PLANTED)
def test_the_lint_of_a_file_tells_what_is_planted(rule: str) -> None:
    old, new = PLANTED[rule]
    linked = (FOLDER / "linked.yaml").read_text("utf-8")
    assert old in linked
    lines = lint(read_instrument(linked.replace(old, new), source="linked.yaml"))
    assert rule in {line.finding.rule for line in lines}
    good = lint(read_instrument(linked, source="linked.yaml"))
    assert rule not in {line.finding.rule for line in good}
