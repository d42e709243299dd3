"""The frozen form of an instrument, and its name: the hash of everything it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analysis.codebook import content_hash
from app.instruments.model import Instrument

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FrozenInstrument:
    """What a wave keeps: a JSON document that never changes, and its hash."""

    document: dict[str, Any]
    content_hash: str


def freeze(instrument: Instrument) -> FrozenInstrument:
    """Fields left at their defaults are left out, so that a new field changes no old hash."""
    document = instrument.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return FrozenInstrument(document, content_hash(document))


def thaw(document: Mapping[str, Any]) -> Instrument:
    return Instrument.model_validate(document)
