"""From a released document to the page, and each picture alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Final

from analysis.bundle import Bundle
from analysis.disclosure import release
from analysis.report import compare_bundle
from app.instruments.codebook import build_codebook
from app.reports.charts.answers import Bar, Portion, diverging_bars, tones
from app.reports.charts.change import ChangeWords, change_picture
from app.reports.charts.drawing import Mark, Words
from app.reports.charts.dumbbell import AnswerScale, dumbbell
from app.reports.page import render_document
from tests.bench.comparison import simulated_answers
from tests.bench.measure import Measure
from tests.factories import core_trust

ROWS: Final = 2000
QUICK_ROWS: Final = 100
REPEATS: Final = 15
PICTURES_AT_ONCE: Final = 200
MOST_PAGE_MILLISECONDS: Final = 50.0
MOST_PICTURE_MILLISECONDS: Final = 0.5
WORDS: Final = Words("x", "Trust in the police", "Before 2.6, after 2.8.")


def measure_report_page(*, is_quick: bool = False) -> Iterator[Measure]:
    document = released_core_trust(QUICK_ROWS if is_quick else ROWS)
    text = json.dumps(document)
    repeats = 2 if is_quick else REPEATS
    html = render_document(document)
    yield Measure(
        f"page of {len(document['comparisons'])} comparisons ({len(html) // 1000} KB)",
        milliseconds(lambda: render_document(document), repeats),
        "ms",
        reference="reading the document as JSON",
        reference_figure=milliseconds(lambda: json.loads(text), repeats),
        at_most=MOST_PAGE_MILLISECONDS,
    )
    for name, draw in _pictures().items():
        yield Measure(
            name,
            milliseconds(lambda: [draw() for _ in range(PICTURES_AT_ONCE)], repeats)  # noqa: B023 - called at once
            / PICTURES_AT_ONCE,
            "ms",
            at_most=MOST_PICTURE_MILLISECONDS,
        )


def released_core_trust(rows: int) -> dict[str, object]:
    before, after = (build_codebook(core_trust(), kind) for kind in ("baseline", "follow_up"))
    return release(
        compare_bundle(
            Bundle(
                codebook_before=before,
                codebook_after=after,
                responses_before=simulated_answers(before, rows, 0.0, 1),
                responses_after=simulated_answers(after, rows, 0.2, 2),
            )
        )
    )


def _pictures() -> dict[str, Callable[[], str]]:
    scale = AnswerScale(1, 5, tuple((n, str(n)) for n in range(1, 6)), ("least", "most"))
    before, after = Mark(2.6, 2.5, 2.7, "Before 2.60"), Mark(2.8, 2.7, 2.9, "After 2.80")
    change, texts = Mark(0.2, 0.05, 0.35, "+0.20"), ChangeWords("lower", "higher", "too small")
    shares = zip((10, 20, 30, 25, 15), tones((-1, -1, 0, 1, 1)), strict=True)
    bar = Bar("Before", tuple(Portion(s, f"{s}%", str(s), tone) for s, tone in shares))
    return {
        "before and after": lambda: dumbbell(WORDS, scale, before, after),
        "change": lambda: change_picture(WORDS, change, 0.15, texts),
        "all answers": lambda: diverging_bars(WORDS, [bar, bar]),
    }


def milliseconds(work: Callable[[], object], repeats: int) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return 1000 * median(taken)
