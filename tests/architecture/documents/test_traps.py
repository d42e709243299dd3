"""Each of the twelve traps is told, and names a test that would fall into it."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.architecture.documents.pages import Page, named_tests, names_of_tests, page

TRAPS: Final = "docs/traps.md"
HOW_MANY: Final = 12


def faults(of: Page) -> list[str]:
    headings = re.findall(r"^## (\d+)\. .+$", of.text, re.MULTILINE)
    found = [] if headings == [str(n) for n in range(1, HOW_MANY + 1)] else [f"traps {headings}"]
    sections = re.split(r"^## ", of.text, flags=re.MULTILINE)[1:]
    for section in sections:
        tests = named_tests(Page(of.path, section))
        title = section.partition("\n")[0]
        if not tests:
            found.append(f"no test keeps out of: {title}")
        found += [
            f"{title}: {name} is no test of {file.name}"
            for name, file in tests
            if not file.exists() or name not in names_of_tests(file)
        ]
    return found


def test_every_trap_is_told_and_has_its_tests() -> None:
    assert faults(page(TRAPS)) == []


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        ("`test_fewer_of_what_is_bad_is_good_news`", "`test_that_nobody_wrote`"),
        ("## 12. ", "## 13. "),
        (r"[`test_rounded_shares_and_a_rounded", "`test_rounded_shares_and_a_rounded"),
    ],
)
def test_a_planted_gap_is_caught(there: str, instead: str) -> None:
    of = page(TRAPS)
    assert there in of.text
    assert faults(Page(of.path, of.text.replace(there, instead)))
