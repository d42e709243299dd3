"""No two texts of a picture touch, and none leaves it: measured where people will read it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from app.reports.charts.answers import Bar, Portion, diverging_bars, tones
from app.reports.charts.change import ChangeWords, change_picture
from app.reports.charts.course import course
from app.reports.charts.drawing import Mark, Words
from app.reports.charts.dumbbell import AnswerScale, dumbbell
from app.reports.charts.groups import group_rows
from app.reports.charts.methods import method_rows
from app.reports.charts.strips import Strip, StripMark
from app.reports.page import render_document, report_style
from tests.unit.app.reports.documents import example, released

pytestmark = pytest.mark.browser

WIDTHS: Final = (320, 360, 768, 1280)
LONG: Final = (
    ("least trust", "most trust"),
    ("Nada en absoluto, en ningún caso", "Completamente de acuerdo con la afirmación"),
    ("لا أثق بالشرطة في منطقتي على الإطلاق", "أثق بالشرطة في منطقتي ثقة كاملة"),
    ("Überhauptkeinvertrauensverhältnis", "Hoàn toàn tin tưởng vào cảnh sát ở đây"),
    ("完全に信頼していない", "完全に信頼している"),
    ("WWWWWWWWWWWWWWWWWWWWWWWWWWWW", "MMMMMMMM MMMMMMMM MMMMMMMM"),
)
NAMES: Final[dict[str, Sequence[str]]] = {
    "en": ("18-34", "Did the average change among people who answered every question?", "W" * 60),
    "es": (
        "De 18 a 34",
        "¿Cambió el promedio entre quienes respondieron toda la escala?",
        "Ñ" * 50,
    ),
    "ar": (
        "من 18 إلى 34",
        "هل تغيّر المتوسط بين من أجابوا عن كل الأسئلة؟",
        "ض" * 60,
    ),
    "vi": (
        "18 đến 34",
        "Trung bình có thay đổi ở những người trả lời đủ không?",
        "Ữ" * 50,
    ),
}
MEASURE: Final = """
() => [...document.querySelectorAll('svg.chart')].flatMap(svg => {
  const frame = svg.getBoundingClientRect();
  const texts = [...svg.querySelectorAll('text')]
    .filter(t => getComputedStyle(t).display !== 'none')
    .map(t => [t.textContent, t.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0);
  const faults = [];
  texts.forEach(([a, one], i) => {
    if (one.left < frame.left - 12 || one.right > frame.right + 12)
      faults.push(`${a} leaves the picture`);
    if (one.left < 0 || one.right > innerWidth) faults.push(`${a} leaves the page`);
    if (one.bottom > frame.bottom + 4) faults.push(`${a} hangs below the picture`);
    texts.slice(i + 1).forEach(([b, other]) => {
      const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
      const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
      // A line box is taller than its letters: a third of a line is air.
      if (wide > 0.5 && high > 4) faults.push(`${a} touches ${b}`);
    });
  });
  return faults;
})
"""
SHARES_THAT_LEAVE_THEIR_BARS: Final = """
() => [...document.querySelectorAll('svg.chart text.percent')]
  .filter(t => getComputedStyle(t).display !== 'none')
  .filter(t => {
    const own = t.getBoundingClientRect(), middle = (own.left + own.right) / 2;
    const y = (own.top + own.bottom) / 2;
    const bar = [...t.closest('svg').querySelectorAll('rect.portion')]
      .map(r => r.getBoundingClientRect())
      .find(b => b.left <= middle && middle <= b.right && b.top <= y && y <= b.bottom);
    return !bar || own.left < bar.left || own.right > bar.right;
  }).map(t => t.textContent)
"""


@pytest.fixture(params=WIDTHS)
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    opened = browser.new_page(viewport={"width": request.param, "height": 800})
    yield opened
    opened.close()


def gallery() -> str:
    """Every kind of picture with values at the edges and labels of every length and script."""
    rng = random.Random(7)
    drawn = []
    for number in range(60):
        ends = LONG[number % len(LONG)]
        words = Words(f"p{number}", "title", "description", is_right_to_left=number % 2 == 1)
        drawn.append(dumbbell(words, _scale(ends), _mark(rng), _mark(rng)))
        drawn.append(_change(rng, f"c{number}", ends, words))
        drawn.append(_bars(rng, f"b{number}", words))
    for number, (language, names) in enumerate(NAMES.items()):
        words = Words(f"r{number}", "title", "description", is_right_to_left=language == "ar")
        drawn += _rows(rng, words, names)
    body = "".join(f"<figure>{picture}</figure>" for picture in drawn)
    style = report_style().css
    return f"<!doctype html><meta charset=utf-8><style>{style}</style><main>{body}</main>"


def _rows(rng: random.Random, words: Words, names: Sequence[str]) -> Iterator[str]:
    """Groups, waves and ways under short names, long ones, and one that no line can hold."""
    scale = _scale(LONG[2] if words.is_right_to_left else LONG[1])
    rows = [_strip(rng, name) for name in names]
    yield group_rows(words, scale, rows)
    yield course(replace(words, id=f"{words.id}c"), scale, rows)
    texts = ChangeWords(names[0], names[0], f"{names[1]} (±0.15)")
    yield method_rows(replace(words, id=f"{words.id}m"), 0.15, texts, rows)


def _strip(rng: random.Random, name: str) -> Strip:
    marks = tuple(
        StripMark(look, mark.estimate, mark.low, mark.high)
        for look, mark in (("before", _mark(rng)), ("after", _mark(rng)))
    )
    return Strip(name, "; ".join(_mark(rng).label for _ in marks), marks if len(name) % 4 else ())


def _scale(ends: tuple[str, str]) -> AnswerScale:
    return AnswerScale(1, 5, tuple((n, str(n)) for n in range(1, 6)), ends)


def _mark(rng: random.Random) -> Mark:
    at = rng.choice([1.0, 5.0, rng.uniform(1, 5)])
    low, high = max(1.0, at - rng.uniform(0, 1)), min(5.0, at + rng.uniform(0, 1))
    return Mark(at, low, high, f"Después {at:.2f} ({low:.2f} to {high:.2f})")


def _change(rng: random.Random, name: str, ends: tuple[str, str], words: Words) -> str:
    at, half = rng.uniform(-3, 3), rng.uniform(0.01, 1)
    label = f"\u2066{at:+.2f}\u2069 (\u2066{at - half:+.2f}\u2069 to \u2066{at + half:+.2f}\u2069)"
    own = Words(name, "title", "description", words.is_right_to_left)
    texts = ChangeWords(ends[0], ends[1], f"Shaded: too small to matter, {ends[0]} (±0.15)")
    return change_picture(own, Mark(at, at - half, at + half, label), 0.15, texts)


def _bars(rng: random.Random, name: str, words: Words) -> str:
    count = rng.choice([2, 3, 4, 5, 7, 11])
    sides = [(2 * i > count - 1) - (2 * i < count - 1) for i in range(count)]
    bars = []
    for wave in ("Antes de la iniciativa", "بعد المبادرة"):
        weights = [rng.expovariate(1) ** 2 for _ in range(count)]
        shares = [100 * weight / sum(weights) for weight in weights]
        portions = zip(shares, tones(sides), strict=True)
        bars.append(
            Bar(wave, tuple(Portion(s, f"{s:.0f}%", f"{s:.0f}", tone) for s, tone in portions))
        )
    return diverging_bars(Words(name, "title", "description", words.is_right_to_left), bars)


def test_no_text_of_any_picture_touches_another_or_leaves_it(page: Page) -> None:
    page.set_content(gallery())
    assert page.evaluate(MEASURE) == []
    assert page.evaluate(SHARES_THAT_LEAVE_THEIR_BARS) == []


@pytest.mark.parametrize(
    ("made", "language"),
    [
        (released, "en"),
        (partial(example, "released"), "es"),
        (partial(example, "released"), "ar"),
        (partial(released, people=35), "vi"),
    ],
    ids=["en", "es", "ar", "vi"],
)
def test_no_text_of_a_report_touches_another_and_nothing_scrolls_sideways(
    page: Page, made: Callable[[], dict[str, Any]], language: str
) -> None:
    page.set_content(render_document(made(), language))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    assert page.evaluate(MEASURE) == []
    assert page.evaluate(SHARES_THAT_LEAVE_THEIR_BARS) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_measure_itself_sees_an_overlap(page: Page) -> None:
    page.set_content(
        '<svg class="chart" width="200" height="40">'
        '<text x="0" y="20">One</text><text x="5" y="20">Two</text></svg>'
    )
    assert page.evaluate(MEASURE) == ["One touches Two"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_a_report(browser: Browser, scheme: Any) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page.set_content(render_document(released(is_simulated=True)))
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
    found = Axe().run(page).response["violations"]
    page.close()
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found] == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_every_printed_page_of_simulated_answers_says_so(browser: Browser, paper: str) -> None:
    """On paper the warning is the heading of a table, which repeats on each page."""
    page = browser.new_page()
    page.set_content(render_document(released(is_simulated=True)))
    page.emulate_media(media="print")
    shown = "el => getComputedStyle(document.querySelector(el)).display"
    assert page.evaluate(shown, ".simulated") == "table-header-group"
    assert page.evaluate(shown, ".sheet") == "table"
    assert len(page.pdf(format=paper)) > 10_000
    page.close()
