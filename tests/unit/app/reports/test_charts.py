"""Pictures as markup; how they look in a browser is measured in tests/browser."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.reports.charts.answers import Bar, Portion, diverging_bars, tones
from app.reports.charts.change import ChangeWords, change_picture
from app.reports.charts.drawing import Mark, Plane, Words
from app.reports.charts.dumbbell import AnswerScale, dumbbell

SVG: Final = "{http://www.w3.org/2000/svg}"
WORDS: Final = Words("x", "Trust in the police", "Before 2.6, after 2.8.")
MIRRORED: Final = Words("x", "الثقة بالشرطة", "قبل 2.6", is_right_to_left=True)
SCALE: Final = AnswerScale(
    1, 5, tuple((n, str(n)) for n in range(1, 6)), ("least trust", "most trust")
)
CHANGE_WORDS: Final = ChangeWords("lower", "higher", "Shaded: too small to matter (±0.15)")
BEFORE: Final = Mark(2.61, 2.50, 2.72, "Before 2.61 (2.50 to 2.72)")
AFTER: Final = Mark(2.83, 2.70, 2.96, "After 2.83 (2.70 to 2.96)")
CHANGE: Final = Mark(0.22, 0.05, 0.39, "+0.22 (+0.05 to +0.39)")
values = st.floats(min_value=1, max_value=5)


def bars(*shares: Sequence[float], sides: Sequence[int] = (-1, -1, 0, 1, 1)) -> list[Bar]:
    names = ("Before", "After")
    return [
        Bar(
            name,
            tuple(
                Portion(share, f"{share:.0f}%", f"{share:.0f}", tone)
                for share, tone in zip(row, tones(sides), strict=True)
            ),
        )
        for name, row in zip(names, shares, strict=False)
    ]


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)  # noqa: S314 - our own picture


def drawn(svg: str, tag: str, css: str) -> list[ET.Element]:
    return [e for e in parsed(svg).iter(f"{SVG}{tag}") if css in e.get("class", "").split()]


def percent(element: ET.Element, name: str) -> float:
    return float(element.get(name, "").removesuffix("%"))


PICTURES: Final[dict[str, Callable[[Words], str]]] = {
    "dumbbell": lambda words: dumbbell(words, SCALE, BEFORE, AFTER),
    "change": lambda words: change_picture(words, CHANGE, 0.15, CHANGE_WORDS),
    "answers": lambda words: diverging_bars(words, bars((10, 20, 30, 25, 15), (5, 15, 30, 30, 20))),
}


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_every_picture_is_whole_named_and_described(picture: Callable[[Words], str]) -> None:
    root = parsed(picture(WORDS))
    ids = {e.get("id"): e for e in root.iter() if e.get("id")}
    assert root.get("role") == "img"
    assert [ids[name].text for name in root.get("aria-labelledby", "").split()] == [
        WORDS.title,
        WORDS.description,
    ]


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_no_picture_carries_style_script_or_an_address(picture: Callable[[Words], str]) -> None:
    svg = picture(WORDS)
    assert not re.search(r"style=|<style|<script|href|on\w+=|url\((?!#x-h\))", svg)


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_words_cannot_become_markup(picture: Callable[[Words], str]) -> None:
    nasty = Words("x", "<script>alert(1)</script>", '"><img src=x>')
    assert parsed(picture(nasty)).find(f"{SVG}title").text == nasty.title


def test_labels_cannot_become_markup() -> None:
    mark = Mark(2, 1.5, 2.5, "<b>&")
    assert [e.text for e in drawn(dumbbell(WORDS, SCALE, mark, None), "text", "value")] == ["<b>&"]


@given(estimate=values, low=values, high=values)
def test_marks_stay_inside_the_picture(estimate: float, low: float, high: float) -> None:
    mark = Mark(estimate, min(low, high), max(low, high), "Before 2.61 (2.50 to 2.72)")
    root = parsed(dumbbell(WORDS, SCALE, mark, mark))
    for element in root.iter():
        for name in ("x", "x1", "x2", "cx"):
            if element.get(name, "").endswith("%"):
                assert 0 <= percent(element, name) <= 100


@given(value=values)
def test_a_picture_for_right_to_left_readers_is_the_mirror_image(value: float) -> None:
    assert Plane(1, 5).at(value) == pytest.approx(
        100 - Plane(1, 5, is_right_to_left=True).at(value)
    )


def test_arrows_point_along_the_axis_in_either_direction() -> None:
    left_to_right = change_picture(WORDS, CHANGE, 0.15, CHANGE_WORDS)
    mirrored = change_picture(MIRRORED, CHANGE, 0.15, CHANGE_WORDS)
    assert [e.text for e in drawn(left_to_right, "text", "end")][:2] == ["lower", "higher"]
    assert [e.text for e in drawn(mirrored, "text", "end")][:2] == ["higher", "lower"]
    assert [e.get("d") for e in drawn(mirrored, "path", "arrow")] == [
        "M11 0H1m4-4l-4 4l4 4",
        "M-11 0H-1m-4-4l4 4l-4 4",
    ]


def test_a_wave_that_is_hidden_leaves_the_other_alone() -> None:
    svg = dumbbell(WORDS, SCALE, None, AFTER)
    assert drawn(svg, "circle", "after")
    assert not drawn(svg, "circle", "before")
    assert not drawn(svg, "line", "link")


def test_the_interval_is_as_wide_as_the_scale_says() -> None:
    (interval,) = drawn(dumbbell(WORDS, SCALE, None, Mark(3, 2, 4, "")), "rect", "interval")
    plane = Plane(1, 5)
    assert percent(interval, "x") == pytest.approx(plane.at(2), abs=0.01)
    assert percent(interval, "width") == pytest.approx(plane.at(4) - plane.at(2), abs=0.01)


def test_the_band_of_small_changes_lies_evenly_around_zero() -> None:
    svg = change_picture(WORDS, CHANGE, 0.15, CHANGE_WORDS)
    (band,) = drawn(svg, "rect", "band")
    assert percent(band, "x") + percent(band, "width") / 2 == pytest.approx(50, abs=0.02)


def test_a_fall_and_a_rise_of_one_size_are_drawn_alike() -> None:
    fall = Mark(-CHANGE.estimate, -0.39, -0.05, "")
    rise = Mark(CHANGE.estimate, 0.05, 0.39, "")
    (down,), (up,) = (
        drawn(change_picture(WORDS, mark, 0.15, CHANGE_WORDS), "circle", "after")
        for mark in (fall, rise)
    )
    assert percent(down, "cx") == pytest.approx(100 - percent(up, "cx"), abs=0.02)


def test_bars_part_at_the_middle_answer() -> None:
    svg = diverging_bars(WORDS, bars((10, 20, 30, 25, 15), (5, 15, 30, 30, 20)))
    neutral = drawn(svg, "rect", "t0")
    marks = drawn(svg, "line", "middle")
    for portion, mark in zip(neutral, marks, strict=True):
        centre = percent(portion, "x") + percent(portion, "width") / 2
        assert centre == pytest.approx(percent(mark, "x1"), abs=0.02)


def test_both_bars_share_one_axis() -> None:
    svg = diverging_bars(WORDS, bars((100, 0, 0, 0, 0), (0, 0, 0, 0, 100)))
    widest = [e for e in drawn(svg, "rect", "portion") if percent(e, "width") > 0]
    assert [percent(e, "x") for e in widest] == pytest.approx([0, 50])
    assert [percent(e, "width") for e in widest] == pytest.approx([50, 50])


@given(st.lists(st.integers(min_value=1, max_value=100), min_size=5, max_size=5))
def test_portions_lie_side_by_side_without_gap_or_overlap(shares: list[int]) -> None:
    svg = diverging_bars(WORDS, bars(shares))
    portions = drawn(svg, "rect", "portion")
    for left, right in pairwise(portions):
        end = percent(left, "x") + percent(left, "width")
        assert end == pytest.approx(percent(right, "x"), abs=0.03)


def test_a_share_that_has_no_room_is_left_to_the_table() -> None:
    svg = diverging_bars(WORDS, bars((1, 1, 1, 1, 96)))
    labels = drawn(svg, "text", "percent")
    assert [e.text for e in labels if "wide" not in e.get("class", "")] == ["96%"]


@pytest.mark.parametrize(
    ("sides", "expected"),
    [
        ((-1, -1, 0, 1, 1), ["l3", "l1", "t0", "r1", "r3"]),
        ((-1, 0, 1), ["l2", "t0", "r2"]),
        ((-1, -1, 1, 1), ["l3", "l1", "r1", "r3"]),
        ((-1, -1, -1, 0, 1, 1, 1), ["l3", "l2", "l1", "t0", "r1", "r2", "r3"]),
        ((-1, 1), ["l2", "r2"]),
    ],
)
def test_the_outermost_answers_are_the_darkest(sides: tuple[int, ...], expected: list[str]) -> None:
    assert list(tones(sides)) == expected


def test_answers_left_of_the_middle_are_hatched_so_that_grey_tells_the_sides_apart() -> None:
    root = parsed(diverging_bars(WORDS, bars((10, 20, 30, 25, 15))))
    assert len([e for e in root.iter(f"{SVG}rect") if e.get("fill") == "url(#x-h)"]) == 2
