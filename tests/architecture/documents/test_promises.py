"""What the survey page promises stands in the privacy page word for word, each with its tests."""

from __future__ import annotations

import re
from typing import Final

import pytest
import yaml

from tests.architecture.documents.pages import Page, named_tests, page
from tests.architecture.source import ROOT

PRIVACY: Final = "docs/resident-privacy.md"
# Keys of the page's texts that promise something about answers, and the one that promises nothing.
PROMISES: Final = ("voluntary", "send_only", "what_is_kept", "not_kept", "sealed", "who_sees")
LIMITS: Final = "limits_text"


def _texts_of_the_page() -> dict[str, str]:
    (file,) = (ROOT / "app" / "responses").rglob("locale/en.yaml")
    texts: dict[str, str] = yaml.safe_load(file.read_text("utf-8"))["texts"]
    return texts


def _sections(of: Page) -> dict[str, str]:
    """Each quoted promise and what follows it, up to the next."""
    parts = re.split(r"^> (.+)$", of.text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def faults(of: Page, texts: dict[str, str]) -> list[str]:
    sections = _sections(of)
    found = [
        f"the page promises {key!r}, the privacy page does not quote it: {texts[key]}"
        for key in (*PROMISES, LIMITS)
        if texts[key] not in sections
    ]
    made = {texts[key] for key in PROMISES}
    found += [
        f"no test keeps the promise: {promise}"
        for promise, body in sections.items()
        if promise in made and not named_tests(Page(of.path, body))
    ]
    return found + [
        f"the survey page does not say: {promise}"
        for promise in sections
        if promise not in {*made, texts[LIMITS]}
    ]


def test_every_promise_of_the_page_is_explained_and_has_its_tests() -> None:
    assert faults(page(PRIVACY), _texts_of_the_page()) == []


@pytest.mark.parametrize("key", [*PROMISES, LIMITS])
def test_a_planted_change_of_words_is_caught(key: str) -> None:
    texts = _texts_of_the_page()
    assert faults(page(PRIVACY), texts | {key: texts[key] + " And more."})


def test_a_planted_promise_without_a_test_is_caught() -> None:
    of = page(PRIVACY)
    promise = _texts_of_the_page()["not_kept"]
    emptied = of.text.replace(_sections(of)[promise], "\n\nTrust us.\n\n")
    assert faults(Page(of.path, emptied), _texts_of_the_page())


def test_a_planted_promise_that_the_page_does_not_make_is_caught() -> None:
    of = page(PRIVACY)
    assert faults(Page(of.path, of.text + "\n> We are perfect.\n"), _texts_of_the_page())
