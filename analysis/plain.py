"""Findings as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from analysis.refusals import NotEstimable


def plain(value: object) -> Any:
    """Dataclasses become mappings, a refusal says why."""
    if isinstance(value, NotEstimable):
        return {"not_estimable": value.reason}
    if names := _fields_of(type(value)):
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value


_FIELDS: Final[dict[type, tuple[str, ...]]] = {}


def _fields_of(kind: type) -> tuple[str, ...]:
    """Remembered: a report asks tens of thousands of times, of a few dozen kinds."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(f.name for f in fields(kind)) if is_dataclass(kind) else ()
    return _FIELDS[kind]
