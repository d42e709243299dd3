"""The tiny instruments of this folder, one per feature."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.instruments.load import load_instrument_file

if TYPE_CHECKING:
    from app.instruments.model import Instrument

FOLDER = Path(__file__).parent


def read(name: str) -> Instrument:
    return load_instrument_file(FOLDER / f"{name}.yaml")


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))
