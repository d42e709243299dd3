"""Findings as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from analysis.refusals import NotEstimable


def plain(value: object) -> Any:
    """Dataclasses become mappings, a refusal says why."""
    if isinstance(value, NotEstimable):
        return {"not_estimable": value.reason}
    if is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    return value
