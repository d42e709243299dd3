"""Each page a resident can meet: axe, small screens, large letters, room for fingers."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.states import STATES

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
LANGUAGES = ("en", "es", "vi", "ar")
# From left to right in turn, from right to left each time; the proofs take every combination.
FEW = {
    *((name, LANGUAGES[number % 3], "light") for number, name in enumerate(STATES)),
    *((name, "ar", "dark") for name in STATES),
    *(("whole sheet", "en", "dark"), ("part", "ar", "light"), ("sheet", "es", "dark")),
}
VISITS = [
    pytest.param(*visit, marks=() if visit in FEW else pytest.mark.proof)
    for visit in product(STATES, LANGUAGES, ("light", "dark"))
]
TARGETS = "nav > *, .leave, summary, label, button, select, main > p > a:only-child, #told li a"
SMALL_TARGETS = """
selector => [...document.querySelectorAll(selector)]
    .filter(target => target.checkVisibility())
    .map(target => [target.outerHTML.slice(0, 80), target.getBoundingClientRect().height])
    .filter(([, height]) => height < 44)
"""
# As WCAG 1.4.12 wants it to be possible.
SPACED = """() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
    document.adoptedStyleSheets = [sheet];
}"""
FOCUS_IS_SEEN = """() => {
    const focus = document.activeElement, box = focus.getBoundingClientRect();
    const x = box.left + box.width / 2, y = box.top + box.height / 2;
    const top = document.elementFromPoint(x, y);
    return top !== null && (focus.contains(top) || top.contains(focus));
}"""
TOO_WIDE = """
width => [document.documentElement, ...document.querySelectorAll('body *')]
    .filter(part => part.getBoundingClientRect().width > 0)
    .filter(part => part.getBoundingClientRect().right > width + 0.5
        || part.getBoundingClientRect().left < -0.5 || part.scrollWidth > width)
    .map(part => part.outerHTML.slice(0, 80))
"""


def violations(page: Page) -> list[Any]:
    page.wait_for_load_state()
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
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(SPACED)
    assert cut_off(page) == []


def cut_off(page: Page) -> list[str]:
    """What a person would have to move sideways for. A phone would widen the page instead."""
    assert page.viewport_size is not None
    beyond: list[str] = page.evaluate(TOO_WIDE, page.viewport_size["width"])
    return beyond


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_has_the_focus_is_never_covered(site: Site, phones: Phones, language: str) -> None:
    page = phones(viewport={"width": 320, "height": 480}, locale=language)
    STATES["whole sheet"](site, page)
    page.evaluate("document.activeElement.blur()")
    reached = set()
    for key in ["Tab"] * 40 + ["Shift+Tab"] * 40:
        page.keyboard.press(key)
        reached.add(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        if page.evaluate("document.activeElement !== document.body"):
            assert page.evaluate(FOCUS_IS_SEEN), page.evaluate("document.activeElement.outerHTML")
    assert len(reached) > 20


@pytest.mark.parametrize(
    ("state", "language"), [("code unknown", "ar"), ("code spent without script", "en")]
)
def test_the_way_out_does_not_cover_what_is_told(
    site: Site, phones: Phones, state: str, language: str
) -> None:
    page = phones(locale=language)
    STATES[state](site, page)
    way_out, told = (page.locator(part).bounding_box() for part in (".leave", "#told"))
    assert way_out is not None
    assert told is not None
    assert way_out["y"] + way_out["height"] < told["y"] < page.evaluate("innerHeight") / 2


def test_a_whole_code_is_in_sight_with_letters_twice_as_large(site: Site, phones: Phones) -> None:
    page = phones(viewport={"width": 320, "height": 740})
    STATES["code unknown"](site, page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    field = page.locator("#code")
    field.fill("W4MH-CMWX-QGR")
    assert field.evaluate("it => it.scrollWidth <= it.clientWidth")


def test_forced_colors_still_tell_what_is_chosen_and_what_is_a_button(
    site: Site, phones: Phones
) -> None:
    page = phones(forced_colors="active")
    STATES["sheet"](site, page)
    turn_back_to(page, "k1")
    chosen = page.locator("label:has([name=k1]:checked)")
    assert chosen.evaluate("label => getComputedStyle(label).outlineStyle") == "solid"
    for edge in (".steps button", "progress", ".leave"):
        look = page.locator(edge).first.evaluate(
            "it => getComputedStyle(it).borderTopStyle + getComputedStyle(it).borderTopWidth"
        )
        assert look.startswith("solid")
        assert not look.endswith("0px")


def turn_back_to(page: Page, question: str) -> None:
    back = page.locator(".steps button.other")
    while not page.locator(f"#q-{question}").is_visible():
        back.click()


def test_nothing_moves(site: Site, phones: Phones) -> None:
    page = phones()
    STATES["part"](site, page)
    page.locator(".steps button").first.click()
    assert page.evaluate("document.getAnimations().length") == 0
    moving = page.evaluate(
        """[...document.querySelectorAll('*')].filter(it => {
            const look = getComputedStyle(it);
            return look.transitionDuration !== '0s' || look.animationName !== 'none'
                || look.scrollBehavior !== 'auto';
        }).length"""
    )
    assert moving == 0


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
