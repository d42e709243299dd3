"""Every kind of question on a small phone: found by axe, by fingers and by a keyboard."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.answering import send, turn_to
from tests.browser.conftest import Site
from tests.integration.pages.site import opened
from tests.surveys.read import read_in
from tests.unit.app.privacy.test_masking import AROUND, CLEAN, email, phone, ssn

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
FOUR = ("en", "es", "ar", "vi")
SURVEY = read_in(FOUR, "typed_and_ticked")
WORDS = read_in(FOUR, "own_words")
# Of the page around the questions test_accessibility takes care.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
SMALLEST_TARGET = 44
ARABIC = {ord(str(digit)): chr(0x660 + digit) for digit in range(10)}
LANGUAGES = pytest.mark.parametrize(
    "language",
    ["en", "ar", *(pytest.param(other, marks=pytest.mark.proof) for other in ("es", "vi"))],
)


@pytest.fixture
def page(site: Site, phones: Phones) -> Page:
    page = phones(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.goto(site.address + site.field(instrument=SURVEY, languages=FOUR).path)
    return page


@LANGUAGES
def test_axe_finds_nothing_even_with_a_problem_on_the_page(
    site: Site, phones: Phones, language: str
) -> None:
    page = phones(locale=language)
    page.goto(site.address + site.field(instrument=SURVEY, languages=FOUR).path)
    page.evaluate("document.querySelector('[name=calls]').value = 'many'")
    page.evaluate("document.getElementById('sheet').submit()")
    expect(page.locator("#e-calls")).to_be_attached()
    found = Axe().run(page, options=RULES)
    assert [v["id"] for v in found.response["violations"]] == []


@LANGUAGES
def test_a_box_for_words_is_named_warned_of_and_found_by_axe_to_be_sound(
    site: Site, phones: Phones, language: str
) -> None:
    page = phones(locale=language, viewport={"width": 320, "height": 640})
    page.goto(site.address + site.field(instrument=WORDS, languages=FOUR).path)
    turn_to(page, page.locator("label:has([name=met])").first)
    page.locator("label:has([name=met][value='1'])").tap()
    for name in ("one_word", "else_to_say"):
        box = page.locator(f"[name={name}]")
        expect(box).to_be_visible()
        size = box.bounding_box()
        assert size is not None
        assert size["height"] >= SMALLEST_TARGET
        described = page.locator(f"#q-{name}").get_attribute("aria-describedby")
        expect(page.locator(f"#{described}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    found = Axe().run(page, options=RULES)
    assert [v["id"] for v in found.response["violations"]] == []


def test_what_was_written_survives_a_reload_and_arrives_masked(site: Site, phones: Phones) -> None:
    fielded = site.field(instrument=WORDS, languages=["en"])
    page = phones()
    page.goto(site.address + fielded.path)
    turn_to(page, page.locator("[name=else_to_say]"))
    page.locator("[name=else_to_say]").fill("Walk more.\nCall 555-234-5678.")
    page.reload()
    expect(page.locator("[name=else_to_say]")).to_have_value("Walk more.\nCall 555-234-5678.")
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert sheet["words"] == {"else_to_say": "Walk more.\nCall [phone]."}


def written(page: Page, texts: list[str]) -> list[str]:
    """What the page says below the box after each."""
    said: list[str] = page.locator("[name=else_to_say]").evaluate(
        """(box, texts) => texts.map((text) => {
            box.value = text;
            box.dispatchEvent(new Event("input", {bubbles: true}));
            return box.nextElementSibling.textContent;
        })""",
        texts,
    )
    return said


def test_what_looks_like_a_number_or_an_address_is_pointed_out_while_it_is_written(
    site: Site, phones: Phones
) -> None:
    page = phones(locale="ar")
    page.goto(site.address + site.field(instrument=WORDS, languages=["en", "ar"]).path)
    box = page.locator("[name=else_to_say]")
    turn_to(page, box)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    box.press_sequentially("555 234".translate(ARABIC))
    told = page.locator("#q-else_to_say [role=status]")
    expect(told).to_be_empty()
    box.press_sequentially(" 5678".translate(ARABIC))
    expect(told).to_contain_text("555 234 5678".translate(ARABIC))
    assert Axe().run(page, options=RULES).response["violations"] == []
    page.reload()
    expect(told).to_contain_text(
        "555 234 5678".translate(ARABIC)
    )  # the draft came back, and the hint with it
    box.fill("لا شيء")
    expect(told).to_be_empty()
    assert [url for url in asked if "/script/" not in url] == [page.url]  # the reload


def test_nearly_all_numbers_and_addresses_are_pointed_out_and_hardly_anything_else(
    site: Site, phones: Phones
) -> None:
    page = phones()
    page.goto(site.address + site.field(instrument=WORDS, languages=["en"]).path)
    turn_to(page, page.locator("[name=else_to_say]"))
    rng = Random(7)
    for draw in (phone, email, ssn):
        planted = [rng.choice(AROUND).format(draw(rng)) for _ in range(200)]
        assert sum(map(bool, written(page, planted))) >= 0.95 * len(planted)
    clean = [text.format(n=rng.randrange(2, 99), m=rng.randrange(2, 12)) for text in CLEAN * 10]
    assert sum(map(bool, written(page, clean))) <= 0.03 * len(clean)


def test_every_field_is_large_enough_for_a_finger_and_nothing_is_wider_than_the_phone(
    page: Page,
) -> None:
    fields = page.locator("form label, form input[type=text]")
    assert fields.count() > 15
    for target in fields.all():
        box = target.bounding_box()
        if box is not None:  # under a condition that does not hold
            assert box["height"] >= SMALLEST_TARGET
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_keyboard_reaches_a_number_and_a_tick_shows_what_depends_on_it(page: Page) -> None:
    why = page.locator("#q-why")
    expect(why).to_be_hidden()
    page.locator("[name=adult]").focus()
    page.keyboard.press("Space")
    expect(why).to_be_visible()
    page.locator("[name=age]").first.focus()
    page.keyboard.press("Tab")
    expect(page.locator("input[type=text][name=calls]")).to_be_focused()


def test_what_is_typed_and_ticked_arrives_as_codes(site: Site, phones: Phones) -> None:
    fielded = site.field(instrument=SURVEY, languages=["en"])
    page = phones(java_script_enabled=False)
    page.goto(site.address + fielded.path)
    page.get_by_text("I am 18 or older").tap()
    page.get_by_text("35 to 64").tap()
    page.locator("input[type=text][name=calls]").fill("12")
    page.locator("input[type=text][name=hours]").fill("0,5")
    page.get_by_text("Something else").tap()
    page.locator("form button").last.tap()
    expect(page.locator("h1")).to_have_text("Thank you")
    (sheet,) = opened(site.database, fielded, site.count_keys)
    chosen = {"adult": 1, "age": 2, "calls": 12, "hours": 1, "why": 4}
    assert {name: sheet["answers"][name] for name in chosen} == chosen
