"""The instruments that come with the program."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from app.instruments.load import load_instrument_file

if TYPE_CHECKING:
    from app.instruments.model import Instrument

_APP: Final = Path(__file__).parents[2]


def folder() -> Path:
    """Beside the package in a checkout, inside it once installed as a wheel."""
    installed = _APP / "_data" / "surveys"
    return installed if installed.is_dir() else _APP.parent / "surveys"


@cache
def shipped_instruments() -> tuple[Instrument, ...]:
    return tuple(load_instrument_file(path) for path in sorted(folder().glob("*.yaml")))
