"""A collector as printing sees it, without a database, and what readers make of a PDF."""

from __future__ import annotations

import ctypes
from typing import Any, Final

import pypdfium2
import zxingcpp

from app.collectors.service import FieldedCollector, InitiativeFacts
from app.instruments.model import Instrument
from app.questions.contract import AreaChoice
from tests.factories import core_trust

LANGUAGES: Final = ("en", "es", "ar", "vi")
NOTICE: Final = {
    "run_by": {"en": "Riverside Neighbours", "ar": "جيران ريفرسايد"},
    "contact": "+1 555 0100",
    "retention": {"en": "24 months"},
}
DOTS_PER_POINT: Final = 2.0


def fielded(instrument: Instrument | None = None, **wish: Any) -> FieldedCollector:
    instrument = instrument or core_trust()
    usual: dict[str, Any] = {
        "agency_id": "agency",
        "collector_id": "0123456789",
        "public_id": "agency0123456789",
        "mode": "phone_web",
        "recruitment": "open",
        "area_code": None,
        "wave_id": "wave",
        "wave_state": "open",
        "initiative_id": "0000000001",
        "wave_kind": "follow_up",
        "wave_label": {"en": "After"},
        "languages": tuple(tag for tag in LANGUAGES if tag in instrument.languages),
        "public_key": None,
        "instrument": instrument,
        "instrument_hash": "",
        "initiative": InitiativeFacts(
            {"en": "Walking beats", "ar": "دوريات راجلة"},
            {"en": "the Riverside Police", "ar": "شرطة ريفرسايد"},
            NOTICE,
            is_simulated=False,
            public_path="/results/abcdef0123456789",
        ),
        "areas": (AreaChoice(1, {"en": "North"}), AreaChoice(2, {"en": "South"})),
    }
    return FieldedCollector(**(usual | wish))


def on_paper(instrument: Instrument | None = None, **wish: Any) -> FieldedCollector:
    return fielded(instrument, mode="paper", recruitment="staff_entered", **wish)


def pages(pdf: bytes) -> list[str]:
    """The words of each page, with one space between them."""
    document = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_bounded().split()) for page in document]


def left_edge(pdf: bytes, words: str) -> float:
    """How far from the left, in points, the words begin on the first page."""
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    return text.get_charbox(text.get_text_range().index(words))[0]


def second_line(pdf: bytes, words: str) -> tuple[float, float]:
    """In points: how far below the line of these words the next line stands, and their size."""
    text = pypdfium2.PdfDocument(pdf)[0].get_textpage()
    begins = text.get_text_range().index(words)
    size = pypdfium2.raw.FPDFText_GetFontSize(text, begins)
    heights = []
    for sign in range(text.count_chars()):
        x, y = ctypes.c_double(), ctypes.c_double()
        pypdfium2.raw.FPDFText_GetCharOrigin(text, sign, x, y)
        heights.append(y.value)
    first = heights[begins]
    return first - max(height for height in heights if height < first - size / 4), size


def size(pdf: bytes) -> tuple[int, int]:
    """Width and height of the first page in whole millimetres."""
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    return round(width * 25.4 / 72), round(height * 25.4 / 72)


def scanned(pdf: bytes) -> list[str]:
    """What a phone reads when it is held before each page."""
    document = pypdfium2.PdfDocument(pdf)
    return [
        code.text
        for page in document
        for code in zxingcpp.read_barcodes(page.render(scale=DOTS_PER_POINT).to_numpy())
    ]
