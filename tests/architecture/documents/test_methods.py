"""Every method has a page that asks its question, cites its source and names its tests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pytest

from analysis.comparisons.method import Method
from analysis.comparisons.methods import METHODS
from analysis.estimates import ESTIMATES
from analysis.variance import VARIANCES
from tests.architecture.documents.pages import Page, named_tests, page
from tests.architecture.source import ROOT
from tests.golden.oracle import left_out

FOLDER = "docs/methods"
ROWS = ("when", "assumes", "refuses", "reference", "checked against")
NAMES = [*(method.name for method in METHODS), *ESTIMATES, *VARIANCES]
# They stand in no index: the document has a place of its own for each, or Python calls it.
LIBRARY = ("trend", "difference_in_differences", "gaps", "equivalence", "attrition")


def page_of(name: str) -> Page:
    return page(f"{FOLDER}/{name}.md")


def missing_rows(of: Page) -> list[str]:
    told = set(re.findall(r"^\| ([a-z ]+) \| [^|\s]", of.text, re.MULTILINE))
    return [row for row in ROWS if row not in told]


def untold(text: str, reasons: Mapping[str, Iterable[str]]) -> list[str]:
    """Numbers that are left out and have no row in the table."""
    return [
        f"{case} {name}"
        for case, names in reasons.items()
        for name in names
        if not re.search(rf"^\| {case} \| [^|]*`{re.escape(name)}`", text, re.MULTILINE)
    ]


@pytest.mark.parametrize("name", [*NAMES, *LIBRARY])
def test_every_method_has_a_page_that_tells_all(name: str) -> None:
    told = page_of(name)
    assert told.text.startswith(f"# {name}\n\n")
    assert "?" in told.text.split("\n")[2]
    assert missing_rows(told) == []
    assert [language for language, _ in told.code()] == ["text"]
    assert named_tests(told), "no test is named"


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
def test_a_page_asks_the_question_and_cites_the_source_of_the_index(method: Method) -> None:
    told = page_of(method.name).text
    assert told.split("\n")[2] == method.question
    assert f"| reference | {method.reference} |" in told


@pytest.mark.parametrize("name", [*NAMES, *LIBRARY])
def test_every_page_can_be_found_from_the_list(name: str) -> None:
    assert (name, f"{name}.md") in page(f"{FOLDER}/README.md").links()


def test_what_is_not_compared_with_r_is_told_with_its_reason() -> None:
    text = page(f"{FOLDER}/README.md").text
    assert untold(text, left_out.NUMBERS) == []
    for case, reason in left_out.CASES.items():
        assert f"| {case} | all | {reason} |" in text


def test_a_planted_page_without_its_rows_is_caught() -> None:
    assert missing_rows(Page(ROOT / "docs/x.md", "| when | always |\n| assumes | |")) == list(
        ROWS[1:]
    )


def test_a_planted_number_that_is_not_told_is_caught() -> None:
    assert untold("| O02 | `a` | why |", {"O02": {"a": "why", "b": "why"}}) == ["O02 b"]
