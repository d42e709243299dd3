"""Every rule of the lint is explained under the weight that it has."""

from __future__ import annotations

import re

from app.instruments.lint.findings import RULES
from tests.architecture.documents.pages import page

LINT = "docs/lint.md"
HEADINGS = {"Errors": "error", "Advice": "advice", "Notes": "note"}


def explained(text: str) -> dict[str, str]:
    """Rule id and the weight under whose heading it stands."""
    found: dict[str, str] = {}
    weight = ""
    for level, heading in re.findall(r"^(##|###) (.+)$", text, re.MULTILINE):
        if level == "##":
            weight = HEADINGS[heading]
        else:
            found[heading] = weight
    return found


def test_every_rule_has_its_entry_under_its_weight() -> None:
    assert explained(page(LINT).text) == RULES


def test_every_entry_says_something() -> None:
    bodies = re.split(r"^#+ .+$", page(LINT).text, flags=re.MULTILINE)
    entries = len(RULES)
    assert sum(len(body.split()) >= 5 for body in bodies) >= entries


def test_a_planted_rule_without_an_entry_is_caught() -> None:
    shortened = page(LINT).text.replace("### long-grid", "### short-grid")
    assert explained(shortened).keys() != RULES.keys()
    moved = page(LINT).text.replace("## Notes", "## Advice")
    assert explained(moved) != RULES
