"""The JSON API: everything the pages do, for programs. Its form is told at /api/v1/openapi.json."""

from collections.abc import Mapping
from typing import Final

from app.api.shapes.imports import LONGEST_BASE64
from app.api.site import PREFIX, add_api, router

__all__ = ["LARGER_CALLS", "add_api", "router"]

# A survey file may have 256 KiB; JSON writes some of its signs with two.
LARGER_CALLS: Final[Mapping[str, int]] = {
    f"{PREFIX}/instruments": 512 * 1024,
    f"{PREFIX}/lint": 512 * 1024,
    f"{PREFIX}/imports": LONGEST_BASE64 + 1024 * 1024,
}
