"""Square codes that a phone's camera reads, as SVG."""

from __future__ import annotations

from io import BytesIO
from typing import Final

# A code that is half covered by a torn corner or a sticker still reads.
_ERROR_CORRECTION: Final = "q"
_QUIET_ZONE: Final = 4


def qr_code(address: str) -> str:
    """With the white margin that readers need."""
    import segno  # noqa: PLC0415 - few web processes ever draw a code

    drawing = BytesIO()
    code = segno.make(address, error=_ERROR_CORRECTION, micro=False)
    shown = {"light": "#fff", "omitsize": True, "xmldecl": False, "nl": False}
    code.save(drawing, "svg", border=_QUIET_ZONE, **shown)
    return drawing.getvalue().decode()
