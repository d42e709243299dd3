"""Each page a resident can meet: axe, small screens, large letters, room for fingers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.states import STATES

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
LOOKS = [("en", "light"), ("ar", "dark")]
VISITS = [
    *((name, *look) for name in STATES for look in LOOKS),
    *(("whole sheet", "en", "dark"), ("part", "ar", "light"), ("sheet", "es", "dark")),
    ("problems", "es", "light"),
]
TARGETS = "nav > *, .leave, summary, label, button, select, main > p > a:only-child, #told li a"
SMALL_TARGETS = """
selector => [...document.querySelectorAll(selector)]
    .filter(target => target.checkVisibility())
    .map(target => [target.outerHTML.slice(0, 80), target.getBoundingClientRect().height])
    .filter(([, height]) => height < 44)
"""
TOO_WIDE = """
width => [document.documentElement, ...document.querySelectorAll('body *')]
    .filter(part => part.getBoundingClientRect().width > 0)
    .filter(part => part.getBoundingClientRect().right > width + 0.5
        || part.getBoundingClientRect().left < -0.5 || part.scrollWidth > width)
    .map(part => part.outerHTML.slice(0, 80))
"""


def violations(page: Page) -> list[Any]:
    found = Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        (rule["id"], [node["html"][:120] for node in rule["nodes"]])
        for rule in found.response["violations"]
    ]


@pytest.mark.parametrize(("state", "language", "scheme"), VISITS)
def test_each_page_can_be_read_and_used_by_everyone(
    site: Site, phones: Phones, state: str, language: str, scheme: str
) -> None:
    page = phones(locale=language, color_scheme=scheme)
    STATES[state](site, page)
    assert page.locator("html").get_attribute("lang") == language
    assert violations(page) == []
    for width in (1280, 360, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate(SMALL_TARGETS, TARGETS) == []
        assert cut_off(page) == []
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert cut_off(page) == []


def cut_off(page: Page) -> list[str]:
    """What a person would have to move sideways for. A phone would widen the page instead."""
    assert page.viewport_size is not None
    beyond: list[str] = page.evaluate(TOO_WIDE, page.viewport_size["width"])
    return beyond


def test_axe_finds_a_planted_sin(site: Site, phones: Phones) -> None:
    page = phones()
    STATES["whole sheet"](site, page)
    page.evaluate("document.querySelector('legend').style.color = '#ddd'")
    page.evaluate("document.querySelector('label').replaceWith(document.createElement('input'))")
    assert {rule for rule, _ in violations(page)} >= {"color-contrast", "label"}


def test_a_planted_wide_or_small_part_is_seen(site: Site, phones: Phones) -> None:
    page = phones(viewport={"width": 320, "height": 740})
    STATES["thanks"](site, page)
    assert page.evaluate(SMALL_TARGETS, "h2") != []
    page.evaluate("document.querySelector('h1').style.width = '400px'")
    assert any("<h1" in part for part in cut_off(page))


def test_paper_shows_every_question_and_no_button(site: Site, phones: Phones) -> None:
    page = phones()
    STATES["sheet"](site, page)
    page.emulate_media(media="print")
    assert not any(part.is_visible() for part in page.locator("nav, .leave, .progress").all())
    assert not any(button.is_visible() for button in page.locator("button").all())
    assert page.locator("#q-t1").is_visible()
    assert page.locator("#q-race").is_visible()
