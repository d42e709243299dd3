"""Every link of the documents leads somewhere, and every test they name exists."""

from __future__ import annotations

import pytest

from tests.architecture.documents.pages import Page, named_tests, names_of_tests, pages
from tests.architecture.source import ROOT


def dead_links(of: Page) -> list[str]:
    return [
        f"{of.name} leads to {target}, which is not there"
        for _, target in of.links()
        if "://" not in target
        and not target.startswith(("#", "mailto:"))
        and not (of.path.parent / target.partition("#")[0]).exists()
    ]


def missing_tests(of: Page) -> list[str]:
    return [
        f"{of.name} names {name} in {file.name}, which has no such test"
        for name, file in named_tests(of)
        if not file.exists() or name not in names_of_tests(file)
    ]


@pytest.mark.parametrize("of", pages(), ids=lambda p: p.name)
def test_every_link_leads_somewhere(of: Page) -> None:
    assert dead_links(of) == []


@pytest.mark.parametrize("of", pages(), ids=lambda p: p.name)
def test_every_test_that_is_named_exists(of: Page) -> None:
    assert missing_tests(of) == []


def test_a_planted_dead_link_is_caught() -> None:
    assert dead_links(Page(ROOT / "docs" / "x.md", "see [there](nowhere.md)"))


@pytest.mark.parametrize("file", ["nowhere.py", "test_links.py"])
def test_a_planted_test_that_is_gone_is_caught(file: str) -> None:
    text = f"kept by [`test_that_nobody_wrote`](../tests/architecture/documents/{file})"
    assert missing_tests(Page(ROOT / "docs" / "x.md", text))
