"""Pictures for typst, which sets their letters itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any, Final

from app.reports.charts.drawing import SHEET
from app.reports.charts.standalone import without_letters
from app.reports.reading.figures import Picture
from app.typesetting import draw_pages

TEMPLATE: Final = "reports/formats/templates/pictures.typ"
HALF: Final = 320
WHOLE: Final = SHEET
_DOTS_PER_INCH: Final = 192


def typeset_picture(picture: Picture, width: int) -> dict[str, Any]:
    """What drawing.typ reads."""
    words = picture.words
    return {
        **asdict(without_letters(svg_for(picture, width), width)),
        "told": f"{words.title}. {words.description}",
        "is_right_to_left": words.is_right_to_left,
    }


def svg_for(picture: Picture, width: int) -> str:
    return picture.wide if picture.wide and width >= WHOLE else picture.svg


def draw_pictures(pictures: Iterable[tuple[Picture, int]], language: str) -> list[bytes]:
    """Each as a PNG, of its width."""
    drawn = [typeset_picture(picture, width) for picture, width in pictures]
    if not drawn:
        return []
    return draw_pages(TEMPLATE, {"language": language, "pictures": drawn}, _DOTS_PER_INCH)
