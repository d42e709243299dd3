"""What the survey page promises stands word for word in the documents, each with its tests."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import pytest
import yaml

from tests.architecture.documents.pages import Page, named_tests, page
from tests.architecture.source import ROOT


@dataclass(frozen=True)
class Explained:
    """Keys of the page's texts that promise something, and those that no program can keep."""

    name: str
    promises: tuple[str, ...]
    limits: tuple[str, ...]

    @property
    def page(self) -> Page:
        return page(self.name)

    @property
    def keys(self) -> tuple[str, ...]:
        return self.promises + self.limits


PRIVACY: Final = Explained(
    "docs/resident-privacy.md",
    (
        *("voluntary", "send_only", "what_is_kept", "not_kept", "sealed", "who_sees"),
        *("code_hint", "kept_text", "kiosk_thanks", "makes_a_code", "write_no_names"),
    ),
    ("limits_text", "no_effect", "keeps_months"),
)
ACCESSIBILITY: Final = Explained(
    "docs/accessibility.md",
    (
        *("access_keys", "access_size", "access_look", "access_easy", "access_aloud"),
        "access_tested",
    ),
    ("access_aim", "access_untested"),
)
EACH: Final = pytest.mark.parametrize("of", [PRIVACY, ACCESSIBILITY], ids=lambda of: of.name)


def _texts_of_the_page() -> dict[str, str]:
    texts: dict[str, str] = {}
    for room in ("app/responses/pages", "app/questions"):
        file = ROOT / room / "locale" / "en.yaml"
        for key, told in yaml.safe_load(file.read_text("utf-8"))["texts"].items():
            texts[key] = told if isinstance(told, str) else told["other"]
    return texts


def _sections(of: Page) -> dict[str, str]:
    """Each quoted promise and what follows it, up to the next."""
    parts = re.split(r"^> (.+)$", of.text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def faults(of: Explained, told: Page, texts: dict[str, str]) -> list[str]:
    sections = _sections(told)
    found = [
        f"the page says {key!r}, {of.name} does not quote it: {texts[key]}"
        for key in of.keys
        if texts[key] not in sections
    ]
    made = {texts[key] for key in of.promises}
    found += [
        f"no test keeps the promise: {promise}"
        for promise, body in sections.items()
        if promise in made and not named_tests(Page(told.path, body))
    ]
    said = {texts[key] for key in of.keys}
    return found + [
        f"the survey page does not say: {quoted}" for quoted in sections if quoted not in said
    ]


@EACH
def test_every_promise_of_the_page_is_explained_and_has_its_tests(of: Explained) -> None:
    assert faults(of, of.page, _texts_of_the_page()) == []


@pytest.mark.parametrize(
    ("of", "key"), [(of, key) for of in (PRIVACY, ACCESSIBILITY) for key in of.keys], ids=str
)
def test_a_planted_change_of_words_is_caught(of: Explained, key: str) -> None:
    texts = _texts_of_the_page()
    assert faults(of, of.page, texts | {key: texts[key] + " And more."})


@EACH
def test_a_planted_promise_without_a_test_is_caught(of: Explained) -> None:
    told = of.page
    promise = _texts_of_the_page()[of.promises[-1]]
    emptied = told.text.replace(_sections(told)[promise], "\n\nTrust us.\n\n")
    assert faults(of, Page(told.path, emptied), _texts_of_the_page())


@EACH
def test_a_planted_promise_that_the_page_does_not_make_is_caught(of: Explained) -> None:
    told = of.page
    assert faults(of, Page(told.path, told.text + "\n> We are perfect.\n"), _texts_of_the_page())
