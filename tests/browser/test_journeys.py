"""A resident answers from the first screen to the thanks: each screen, script, language, database.

Every pair of these occurs in the normal run; the proofs take every combination.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect

from app.responses.pages.wording import locales
from tests.browser.answering import choose, send
from tests.browser.conftest import Site
from tests.browser.test_accessibility import cut_off
from tests.browser.test_footprint import Trace
from tests.integration.pages.site import opened

pytestmark = pytest.mark.browser

Phones = Callable[..., Page]
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "is_mobile": False, "has_touch": False}
SCREENS: Final[dict[str, dict[str, Any]]] = {
    "320 px": {"viewport": {"width": 320, "height": 568}},
    "360 px": {"viewport": {"width": 360, "height": 740}},
    "tablet": {"viewport": {"width": 820, "height": 1180}},
    "desktop": DESKTOP,
}
LANGUAGES: Final = ("en", "es", "ar", "vi")
SCRIPTS: Final = ("script", "no script")
ENGINES: Final = ("sqlite", "postgresql")
Journey = tuple[str, str, str, str]
ALL: Final[list[Journey]] = list(product(SCREENS, SCRIPTS, LANGUAGES, ENGINES))


def is_of_the_pairs(journey: Journey) -> bool:
    """Sixteen of them: each screen in each language, and each pair of all else."""
    screen, script, language, engine = journey
    row, column = list(SCREENS).index(screen), LANGUAGES.index(language)
    return (
        SCRIPTS.index(script) == (row + column) % 2
        and ENGINES.index(engine) == (row + column // 2) % 2
    )


def test_every_pair_of_conditions_is_in_the_normal_run() -> None:
    few = [journey for journey in ALL if is_of_the_pairs(journey)]
    assert (len(few), len(ALL)) == (16, 64)
    for one, other in ((a, b) for a in range(4) for b in range(a)):
        pairs = {(journey[one], journey[other]) for journey in ALL}
        assert pairs == {(journey[one], journey[other]) for journey in few}


@pytest.mark.parametrize(
    ("screen", "script", "language", "site"),
    [
        pytest.param(*journey, marks=() if is_of_the_pairs(journey) else pytest.mark.proof)
        for journey in sorted(ALL, key=lambda journey: journey[-1])
    ],
    indirect=["site"],
)
def test_a_resident_answers(
    site: Site, phones: Phones, screen: str, script: str, language: str
) -> None:
    fielded = site.field(kind="follow_up")
    page = phones(java_script_enabled=script == "script", locale=language, **SCREENS[screen])
    trace = Trace().follow(page)
    page.goto(site.address + fielded.path)
    assert page.locator("html").get_attribute("lang") == language
    choose(page, area=2, t1=4, t2=-1, f6=2, e1=-2, x1=1, k1=1)
    choose(page, k2=3, k3=5, race=2)
    choose(page, race=6)
    assert cut_off(page) == []
    send(page)
    expect(page.locator("h1")).to_have_text(locales()[language]("thanks_title"))
    assert page.locator("input:not([type=hidden])").count() == 0
    (sheet,) = opened(site.database, fielded, site.count_keys)
    chosen = {"area": 2, "t1": 4, "t2": -1, "f6": 2, "e1": -2, "x1": 1, "k1": 1, "k2": 3}
    assert {name: sheet["answers"][name] for name in chosen} == chosen
    assert sheet["answers"]["race"] == [2, 6]
    assert (sheet["language"], sheet["area"]) == (language, 2)
    assert {url.split("/")[2] for url in trace.requests} == {site.address.split("/")[2]}
    assert trace.complaints == []
    assert page.context.storage_state(indexed_db=True) == {"cookies": [], "origins": []}
