"""The two ways of saying no: input that cannot be used, and a number that cannot be had."""

from __future__ import annotations

from dataclasses import dataclass


class Refusal(ValueError):
    """Input that cannot be used; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """Stands where a number would stand, with the reason in words; never a NaN."""

    reason: str
