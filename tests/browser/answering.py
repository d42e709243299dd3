"""What a person does on the page: tap the words, turn to the next part, send."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page

MOST_PARTS = 40
NO_PAGE = "chrome-error://chromewebdata/"  # where the browser says itself that nothing came
BEGAN = 1_800_000_000  # seconds
LOOK_EVERY = 50
MOST_LOOKS = 1200  # a minute


def has_parts(page: Page) -> bool:
    """Whether the script of the page has run and shows one part at a time."""
    return page.locator(".steps").count() > 0


def press(target: Locator, **how: Any) -> None:
    """With a finger where the screen is one for fingers."""
    if target.page.evaluate("navigator.maxTouchPoints"):
        target.tap(**how)
    else:
        target.click(**how)


def follow(page: Page, selector: str) -> None:
    """Click what leads to another page. A click ends when that begins to come: half is no page."""
    page.click(selector)
    page.wait_for_load_state()


def next_button(page: Page) -> Locator:
    return page.locator(".steps button").first


def turn_to(page: Page, target: Locator) -> None:
    """Forward, part by part, until it can be seen. Without script everything can be.

    A page that has just come shows everything until its script runs.
    """
    page.wait_for_load_state("domcontentloaded")
    for _ in range(MOST_PARTS):
        if target.is_visible() or not next_button(page).is_visible():
            return
        next_button(page).click()


def words_of(page: Page, question: str, code: int) -> Locator:
    return page.locator(f'label:has([name="{question}"][value="{code}"])')


def choose(page: Page, **codes: int) -> None:
    """Tap the words, as a person does, not the small circle."""
    for question, code in codes.items():
        label = words_of(page, question, code)
        turn_to(page, label)
        press(label)


def send_button(page: Page) -> Locator:
    return page.locator("form button:not([type])").last


def turn_to_end(page: Page) -> None:
    turn_to(page, send_button(page))


def send(page: Page) -> None:
    turn_to_end(page)
    press(send_button(page))


def turn_back(page: Page) -> None:
    """To the screen before the questions."""
    back = page.locator(".steps button.other")
    while back.is_visible():
        back.click()


def block_script(page: Page) -> None:
    page.route("**/s/script/*", lambda route: route.abort())


def lose_connection(page: Page) -> None:
    """Every try to send fails; the rest of the network does not."""
    page.route("**/s/*", lambda route: route.abort())
    page.route("**/s/*/sealed", lambda route: route.abort())


def wait_until(page: Page, holds: Callable[[], bool]) -> None:
    """For what no locator can wait for; the events of the page go on meanwhile."""
    for _ in range(MOST_LOOKS):
        if holds():
            return
        page.wait_for_timeout(LOOK_EVERY)
    raise AssertionError("it has not come about")


def let_pass(page: Page, seconds: int) -> None:
    """What the page takes for the time, which passes only here, however slow the machine is."""
    page.clock.set_fixed_time(BEGAN + seconds)


def find_connection(page: Page) -> None:
    page.unroute("**/s/*")
    page.unroute("**/s/*/sealed")
