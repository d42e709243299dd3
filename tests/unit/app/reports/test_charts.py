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
from app.reports.charts.course import course
from app.reports.charts.drawing import SHEET, Mark, Plane, Words
from app.reports.charts.dumbbell import AnswerScale, dumbbell
from app.reports.charts.groups import group_rows
from app.reports.charts.methods import method_rows
from app.reports.charts.standalone import stand_alone, without_letters
from app.reports.charts.strips import Strip, StripMark

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
GROUPS: Final = (
    Strip("18-34", "not shown: too few", ()),
    Strip(
        "35 or older",
        "Before 2.61 (2.50 to 2.72); after 2.83",
        (StripMark("before", 2.61, 2.5, 2.72), StripMark("after", 2.83, None, None)),
    ),
)
WAVES: Final = (
    Strip("Spring", "2.61 (2.50 to 2.72)", (StripMark("after", 2.61, 2.5, 2.72),)),
    Strip("Summer", "not shown: too few", ()),
    Strip("Autumn", "2.83 (2.70 to 2.96)", (StripMark("after", 2.83, 2.7, 2.96),)),
    Strip("Winter", "2.90 (2.80 to 3.00)", (StripMark("after", 2.9, 2.8, 3.0),)),
)
WAYS: Final = (
    Strip("As this report", "+0.22 (+0.05 to +0.39)", (StripMark("after", 0.22, 0.05, 0.39),)),
    Strip("Without weights?", "+0.20 (-0.10 to +0.50)", (StripMark("other", 0.2, -0.1, 0.5),)),
    Strip("How likely by chance?", "p = 0.04", ()),
)
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
    "groups": lambda words: group_rows(words, SCALE, GROUPS),
    "course": lambda words: course(words, SCALE, WAVES),
    "methods": lambda words: method_rows(words, 0.15, CHANGE_WORDS, WAYS),
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


def test_groups_share_one_axis_and_a_hidden_one_keeps_its_row() -> None:
    svg = group_rows(WORDS, SCALE, GROUPS)
    plane = Plane(SCALE.low, SCALE.high)
    (before,), (after,) = drawn(svg, "circle", "before"), drawn(svg, "circle", "after")
    assert percent(before, "cx") == pytest.approx(plane.at(2.61), abs=0.01)
    assert percent(after, "cx") == pytest.approx(plane.at(2.83), abs=0.01)
    assert len(drawn(svg, "rect", "interval")) == 1
    names = [e.text for e in drawn(svg, "text", "name")]
    assert names == ["18-34", "35 or older"]


def test_no_line_of_the_course_leads_over_a_hidden_wave() -> None:
    svg = course(WORDS, SCALE, WAVES)
    (link,) = drawn(svg, "line", "link")
    ends = [percent(e, "cx") for e in drawn(svg, "circle", "after")][1:]
    assert [percent(link, "x1"), percent(link, "x2")] == ends


def test_the_names_of_waves_stand_beside_the_marks_in_either_direction() -> None:
    left = [percent(e, "cx") for e in drawn(course(WORDS, SCALE, WAVES), "circle", "after")]
    right = [percent(e, "cx") for e in drawn(course(MIRRORED, SCALE, WAVES), "circle", "after")]
    assert min(left) > 46
    assert [round(100 - at, 2) for at in left] == right


def test_each_way_of_comparing_has_the_band_behind_it_and_the_own_one_comes_first() -> None:
    svg = method_rows(WORDS, 0.15, CHANGE_WORDS, WAYS)
    bands = drawn(svg, "rect", "band")
    assert len(bands) == 2
    assert len({(e.get("x"), e.get("width")) for e in bands}) == 1
    assert [len(drawn(svg, "circle", look)) for look in ("after", "other")] == [1, 1]
    assert [e.text for e in drawn(svg, "text", "tick")][:3] == [way.told for way in WAYS]


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
@pytest.mark.parametrize("words", [WORDS, MIRRORED], ids=["ltr", "rtl"])
def test_letters_that_are_set_apart_lie_where_a_browser_puts_them(
    picture: Callable[[Words], str], words: Words
) -> None:
    """`start` is the left of a text that stands apart, and the right where a page is mirrored."""
    whole, apart = parsed(picture(words)), without_letters(picture(words), SHEET)
    texts = whole.findall(f"{SVG}text")
    assert [one.text for one in apart.letters] == [text.text for text in texts]
    turned = {"start": "end", "end": "start"} if words.is_right_to_left else {}
    for one, text in zip(apart.letters, texts, strict=True):
        at = percent(text, "x") / 100 * SHEET + float(text.get("dx", 0))
        assert one.x == pytest.approx(at, abs=0.01)
        assert one.anchor == turned.get(text.get("text-anchor", ""), text.get("text-anchor"))
    assert "<text" not in apart.svg
    alone = parsed(stand_alone(picture(words), SHEET))
    assert not [v for part in alone.iter() for v in part.attrib.values() if v.endswith("%")]
