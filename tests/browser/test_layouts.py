"""Large text, the page read aloud, and what is said of who was thought of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from app.responses.pages.wording import locales
from tests.browser.answering import choose, next_button, send, turn_back, turn_to
from tests.browser.conftest import Site
from tests.browser.test_footprint import Trace
from tests.integration.pages.site import opened, stored

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
SCRIPT = pytest.mark.parametrize("has_script", [False, True], ids=["no script", "script"])
LETTERS: Final = "parseFloat(getComputedStyle(document.querySelector('legend')).fontSize)"

# What a device brings along; a headless browser has no voice.
VOICES: Final = """([...languages]) => {
    window.said = [];
    const voices = languages.map(([lang, localService]) => ({lang, localService}));
    Object.defineProperty(window, "SpeechSynthesisUtterance",
        {value: class { constructor(text) { this.text = text } }});
    Object.defineProperty(window, "speechSynthesis", {value: {
        getVoices: () => voices,
        cancel: () => { window.said = [] },
        speak: (words) => { window.said.push(words) },
    }});
}"""


def give_voices(page: Page, *voices: tuple[str, bool]) -> None:
    """Each with its language, and whether the device itself speaks."""
    page.add_init_script(f"({VOICES})({json.dumps(voices)})")


@SCRIPT
def test_large_text_is_one_tap_away_and_stays_until_the_thanks(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + fielded.path)
    usual = page.evaluate(LETTERS)
    page.get_by_role("link", name="Large text").tap()
    expect(page.get_by_role("link", name="Usual text")).to_be_visible()
    assert page.evaluate(LETTERS) == pytest.approx(1.5 * usual)
    page.get_by_role("link", name="Español").tap()
    expect(page.get_by_role("link", name="Letra normal")).to_be_visible()
    choose(page, t1=4)
    page.locator("[name=t1]:checked").evaluate("input => { input.value = '77' }")
    send(page)
    expect(page.locator("#told")).to_be_visible()
    assert page.evaluate(LETTERS) == pytest.approx(1.5 * usual)
    choose(page, t1=5)
    send(page)
    expect(page.locator("h1")).to_have_text("Gracias")
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "24px"
    (sheet,) = opened(site.database, fielded, site.count_keys)
    assert (sheet["answers"]["t1"], sheet["language"]) == (5, "es")
    page.get_by_role("link", name=locales()["es"]("another_person")).tap()
    expect(page.get_by_role("link", name="Letra grande")).to_be_visible()


def test_large_text_asks_one_question_at_a_time_and_loses_no_answer(
    site: Site, phones: Phones
) -> None:
    page = phones()
    page.goto(site.address + site.field().path)
    choose(page, t1=4)
    turn_back(page)
    page.get_by_role("link", name="Large text").tap()
    expect(page.get_by_role("link", name="Usual text")).to_be_visible()
    next_button(page).tap()
    assert page.locator(".question:visible").count() == 1
    turn_to(page, page.locator("#q-t2"))
    assert page.locator(".question:visible").count() == 1
    expect(page.locator("#q-t2")).to_be_focused()
    choose(page, t2=2)
    assert page.locator('[name="t1"]:checked').input_value() == "4"


def test_a_voice_of_the_device_reads_what_can_be_seen_and_nothing_else(
    site: Site, phones: Phones
) -> None:
    page = phones()
    give_voices(page, ("es-ES", True), ("en-GB", False), ("en_US", True))
    trace = Trace().follow(page)
    page.goto(site.address + site.field().path)
    button = page.get_by_role("button", name="Read aloud")
    expect(button).to_have_attribute("aria-pressed", "false")
    choose(page, area=2)
    assert len(trace.requests) == 2
    button.tap()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert [url.rpartition("/")[2] for url in trace.requests[2:]] == ["aloud.js"]
    said = page.evaluate("said.map(words => [words.text, words.voice.lang])")
    assert {lang for _, lang in said} == {"en_US"}
    texts = [text for text, _ in said]
    assert texts.index("Your area") < texts.index("North") < texts.index("Prefer not to say")
    assert not any("trust" in text.lower() for text in texts[1:])
    assert len(texts) == len(set(texts))
    page.evaluate("said.at(-1).onend()")
    expect(button).to_have_attribute("aria-pressed", "false")
    assert trace.complaints == []


def test_reading_stops_when_told_to_and_with_the_next_part(site: Site, phones: Phones) -> None:
    page = phones()
    give_voices(page, ("en-US", True))
    page.goto(site.address + site.field().path)
    button = page.get_by_role("button", name="Read aloud")
    for stop in (button, next_button(page)):
        button.tap()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert page.evaluate("said.length") > 0
        stop.tap()
        expect(button).to_have_attribute("aria-pressed", "false")
        assert page.evaluate("said.length") == 0
    send(page)
    expect(page.locator("h1")).to_have_text("Thank you")
    expect(button).to_be_visible()


@pytest.mark.parametrize("voices", [[], [("es-ES", True)], [("en-US", False)]], ids=str)
def test_no_voice_is_offered_that_cannot_read_or_would_send_the_text_away(
    site: Site, phones: Phones, voices: list[Any]
) -> None:
    page = phones()
    give_voices(page, *voices)
    page.goto(site.address + site.field().path)
    next_button(page).wait_for()
    page.wait_for_timeout(100)
    assert page.locator(".aloud").count() == 0


@SCRIPT
def test_the_accessibility_statement_is_two_taps_away_and_costs_no_answer(
    site: Site, phones: Phones, *, has_script: bool
) -> None:
    fielded = site.field()
    page = phones(java_script_enabled=has_script)
    page.goto(site.address + fielded.path)
    if has_script:
        choose(page, t1=4)
        turn_back(page)
    page.locator("summary").tap()
    page.get_by_role("link", name="Accessibility").tap()
    expect(page.locator("h1")).to_have_text("Accessibility of this survey")
    expect(page.get_by_text("+1 555 0100")).to_be_visible()
    page.get_by_role("link", name="Tiếng Việt").tap()
    expect(page.locator("h1")).to_have_text("Khả năng tiếp cận của cuộc khảo sát này")
    page.locator("main a").last.tap()
    expect(page.locator("html")).to_have_attribute("lang", "vi")
    expect(page.locator("[name=t1]:checked")).to_have_count(int(has_script))
    assert stored(site.database, fielded) == []


def test_the_statement_can_be_read_when_the_survey_is_closed(site: Site, phones: Phones) -> None:
    page = phones()
    page.goto(site.address + site.field(state="closed").path + "?about=accessibility")
    expect(page.locator("h1")).to_have_text("Accessibility of this survey")
