"""The security checklist has every requirement of levels 1 and 2 once, and evidence for each."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import pytest

from tests.architecture.documents.pages import LINK, Page, page

NAME: Final = "docs/security/asvs.md"
ROW: Final = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| ([12]) \| (met|not met|not applicable) \| (.+?) \| (.+) \|$",
    re.MULTILINE,
)
# OWASP ASVS 5.0.0: section, then the last number of each requirement; an apostrophe marks level 1.
SECTIONS: Final = """
1.1: 1 2; 1.2: 1' 2' 3' 4' 5' 6 7 8 9; 1.3: 1' 2' 3 4 5 6 7 8 9 10 11; 1.4: 1 2 3; 1.5: 1' 2
2.1: 1' 2 3; 2.2: 1' 2' 3; 2.3: 1' 2 3 4; 2.4: 1
3.2: 1' 2'; 3.3: 1' 2 3 4; 3.4: 1' 2' 3 4 5 6; 3.5: 1' 2' 3' 4 5; 3.7: 1 2
4.1: 1' 2 3; 4.2: 1; 4.3: 1 2; 4.4: 1' 2 3 4
5.1: 1; 5.2: 1' 2' 3; 5.3: 1' 2'; 5.4: 1 2 3
6.1: 1' 2 3; 6.2: 1' 2' 3' 4' 5' 6' 7' 8' 9 10 11 12; 6.3: 1' 2' 3 4; 6.4: 1' 2' 3 4
6.5: 1 2 3 4 5; 6.6: 1 2 3; 6.8: 1 2 3 4
7.1: 1 2 3; 7.2: 1' 2' 3' 4'; 7.3: 1 2; 7.4: 1' 2' 3 4 5; 7.5: 1 2; 7.6: 1 2
8.1: 1' 2; 8.2: 1' 2' 3; 8.3: 1'; 8.4: 1
9.1: 1' 2' 3'; 9.2: 1' 2 3 4
10.1: 1 2; 10.2: 1 2; 10.3: 1 2 3 4; 10.4: 1' 2' 3' 4' 5' 6 7 8 9 10 11; 10.5: 1 2 3 4 5
10.6: 1 2; 10.7: 1 2 3
11.1: 1 2; 11.2: 1 2 3; 11.3: 1' 2' 3; 11.4: 1' 2 3 4; 11.5: 1; 11.6: 1
12.1: 1' 2 3; 12.2: 1' 2'; 12.3: 1 2 3 4
13.1: 1; 13.2: 1 2 3 4 5; 13.3: 1 2; 13.4: 1' 2 3 4 5
14.1: 1 2; 14.2: 1' 2 3 4; 14.3: 1' 2 3
15.1: 1' 2 3; 15.2: 1' 2 3; 15.3: 1' 2 3 4 5 6 7
16.1: 1; 16.2: 1 2 3 4 5; 16.3: 1 2 3 4; 16.4: 1 2 3; 16.5: 1 2 3
17.1: 1; 17.2: 1 2 3 4; 17.3: 1 2
"""


def requirements() -> list[tuple[str, str]]:
    """The number and the level of each."""
    sections = (part.split(":") for part in SECTIONS.replace("\n", ";").split(";") if part.strip())
    return [
        (f"{section.strip()}.{last.rstrip(chr(39))}", "1" if last.endswith("'") else "2")
        for section, lasts in sections
        for last in lasts.split()
    ]


def faults(of: Page) -> list[str]:
    """A row that says "met" without showing by what, or "not met" without saying why."""
    found = []
    for number, _, stand, _, evidence in ROW.findall(of.text):
        if stand == "met" and not (LINK.search(evidence) or len(evidence) > 30):
            found.append(f"{number} shows nothing")
        if stand == "not met" and len(evidence) < 40:
            found.append(f"{number} does not say why")
    return found


def test_every_requirement_stands_once_with_its_level() -> None:
    known = requirements()
    assert Counter(level for _, level in known) == {"1": 70, "2": 183}  # as the standard counts
    assert [(row[0], row[1]) for row in ROW.findall(page(NAME).text)] == known


def test_each_row_shows_its_evidence_or_says_why_not() -> None:
    assert faults(page(NAME)) == []


def test_the_totals_above_are_those_of_the_rows() -> None:
    rows = Counter((row[1], row[2]) for row in ROW.findall(page(NAME).text))
    for level in "12":
        told = [str(rows[level, stand]) for stand in ("met", "not met", "not applicable")]
        assert f"| level {level} | {' | '.join(told)} |" in page(NAME).text


@pytest.mark.parametrize(
    "row", ["| 1.1.1 | 2 | met | a | yes |", "| 1.1.1 | 2 | not met | a | not yet |"]
)
def test_a_planted_empty_row_is_caught(row: str) -> None:
    assert faults(Page(page(NAME).path, row))
