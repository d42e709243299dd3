"""The tiny instruments of this folder, one per feature."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from app.instruments.load import load_instrument, load_instrument_file

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.instruments.model import Instrument

FOLDER = Path(__file__).parent


def read(name: str) -> Instrument:
    return load_instrument_file(FOLDER / f"{name}.yaml")


def read_in(languages: Iterable[str], name: str) -> Instrument:
    """The same in further languages, with its English words: for what the program adds to them."""
    document = yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    _speak(document, tuple(languages))
    return load_instrument(yaml.safe_dump(document, allow_unicode=True), source=name)


def _speak(part: object, languages: tuple[str, ...]) -> None:
    match part:
        case {"en": english}:
            part |= {other: deepcopy(english) for other in languages if other not in part}
        case dict():
            for inner in part.values():
                _speak(inner, languages)
        case list():
            for inner in part:
                _speak(inner, languages)


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))
