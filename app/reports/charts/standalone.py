"""A picture that stands alone: of a set width, with its colours inside, for paper and for files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final
from xml.etree import ElementTree as ET

from app.reports.charts import chart_sheet
from app.web.style import shrink, token_sheet

SVG: Final = "http://www.w3.org/2000/svg"
_ACROSS: Final = ("x", "x1", "x2", "cx", "width")
_TEXT: Final = f"{{{SVG}}}text"
_DARK: Final = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_NAMED: Final = re.compile(r"(--[\w-]+):([^;}]+)")
_USED: Final = re.compile(r"var\((--[\w-]+)\)")
_ROOT: Final = re.compile(r":root\{[^}]*\}")
_RULE: Final = re.compile(r"([^{}]+)\{([^{}]*)\}")
_TURNED: Final = {"start": "end", "end": "start"}


@dataclass(frozen=True, slots=True)
class Letters:
    """One text of a picture. anchor: which side of it lies at x: start is always the left."""

    text: str
    x: float
    y: float
    anchor: str
    colour: str
    weight: int


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture for a program that sets the letters itself: in any script, with its own fonts."""

    svg: str
    letters: tuple[Letters, ...]
    width: int
    height: float


def stand_alone(svg: str, width: int) -> str:
    """As one file."""
    return _written(_placed(svg, width))


def without_letters(svg: str, width: int) -> Drawing:
    picture = _placed(svg, width)
    is_turned = picture.get("direction") == "rtl"
    letters = []
    for text in picture.findall(_TEXT):
        picture.remove(text)
        letters.append(_letters(text, is_turned=is_turned))
    height = float(picture.attrib["height"])
    return Drawing(_written(picture), tuple(letters), width, height)


def _written(picture: ET.Element) -> str:
    """The names of namespaces are the whole program's, so ours is named each time."""
    ET.register_namespace("", SVG)
    return ET.tostring(picture, encoding="unicode")


def tone_colour(tone: str) -> str:
    return _colours()[f"--{tone}"]


def _placed(svg: str, width: int) -> ET.Element:
    """Percent of the width become pixels, since most programs other than browsers want them so."""
    picture = ET.fromstring(svg)  # noqa: S314 - drawn by ourselves, every text escaped
    height = picture.attrib["height"]
    picture.attrib |= {"width": str(width), "viewBox": f"0 0 {width} {height}"}
    for part in picture.iter():
        for name in _ACROSS:
            value = part.get(name, "")
            if value.endswith("%"):
                part.set(name, f"{float(value[:-1]) / 100 * width:.2f}")
    sheet = ET.Element(f"{{{SVG}}}style")
    sheet.text = _sheet()
    picture.insert(2, sheet)
    return picture


def _letters(text: ET.Element, *, is_turned: bool) -> Letters:
    anchor = text.get("text-anchor", "start")
    looks = [look for name in text.get("class", "").split() if (look := _looks().get(f".{name}"))]
    look = {key: value for found in looks for key, value in found.items()}
    return Letters(
        text=text.text or "",
        x=float(text.get("x", "0")) + float(text.get("dx", "0")),
        y=float(text.get("y", "0")),
        anchor=_TURNED.get(anchor, anchor) if is_turned else anchor,
        colour=look.get("fill", _colours()["--ink"]),
        weight=int(look.get("font-weight", "400")),
    )


@cache
def _looks() -> dict[str, dict[str, str]]:
    """What the sheet says of each class."""
    found: dict[str, dict[str, str]] = {}
    for selectors, body in _RULE.findall(_sheet()):
        said = dict(part.split(":", 1) for part in body.split(";") if part)
        for selector in selectors.split(","):
            found.setdefault(selector, {}).update(said)
    return found


@cache
def _sheet() -> str:
    """The light colours by their values: a file is read where nothing else says what they are."""
    named = _colours()
    drawn = _ROOT.sub("", _light(chart_sheet()))
    colours = _USED.sub(lambda found: named[found[1]], drawn)
    return f'{colours}.chart{{font-family:"Noto Sans","Noto Sans Arabic",sans-serif}}'


@cache
def _colours() -> dict[str, str]:
    return dict(_NAMED.findall(_light(token_sheet() + chart_sheet())))


def _light(sheet: str) -> str:
    return _DARK.sub("", shrink(sheet))
