"""A decision record says why, what it costs, what else was possible, and what enforces it."""

from __future__ import annotations

import re
from typing import Final

import pytest

from tests.architecture.documents.pages import Page, named_tests, page, pages
from tests.architecture.source import ROOT

HEADINGS: Final = ["Context", "Decision", "Consequences", "Alternatives", "Check"]


def _records() -> list[Page]:
    return [p for p in pages() if re.match(r"docs/decisions/\d{4}-", p.name)]


def faults(record: Page) -> list[str]:
    found: list[str] = []
    headings = re.findall(r"^## (.+)$", record.text, re.MULTILINE)
    if headings != HEADINGS:
        found.append(f"{record.name} has the headings {headings}")
    number = int(record.path.name[:4])
    if not record.text.startswith(f"# {number}. "):
        found.append(f"{record.name} does not open with its number and title")
    check = record.text.partition("## Check")[2]
    if not named_tests(Page(record.path, check)):
        found.append(f"{record.name} names no test that enforces it")
    return found


@pytest.mark.parametrize("record", _records(), ids=lambda p: p.path.stem)
def test_a_record_is_whole_and_names_its_check(record: Page) -> None:
    assert faults(record) == []


def test_each_record_has_a_number_of_its_own_and_is_listed() -> None:
    numbers = [int(record.path.name[:4]) for record in _records()]
    assert len(numbers) == len(set(numbers))
    listed = {target for _, target in page("docs/decisions/README.md").links()}
    assert listed == {record.path.name for record in _records()}


@pytest.mark.parametrize(
    "spoil",
    [
        ("## Alternatives", "## Other"),
        ("# 2. ", "# 3. "),
        ("## Check", "## Check\nnothing\n## Check"),
        ("test_", "tested_"),
    ],
)
def test_a_planted_fault_is_caught(spoil: tuple[str, str]) -> None:
    record = page("docs/decisions/0002-one-transaction-before-the-reply.md")
    assert faults(Page(ROOT / record.name, record.text.replace(*spoil)))
