"""A value with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from analysis.refusals import NotEstimable

CONSTANT: Final = NotEstimable(
    "every answer (or every PSU) is the same, so nothing shows how much answers vary"
)


@dataclass(frozen=True, slots=True)
class Estimate:
    """n: answers used. n_eff: Kish's effective n. The interval is at 95 %.

    n_chosen: of a share, how many of the n chose; never published, it decides what may be.
    """

    estimate: float
    se: float | NotEstimable
    ci_low: float | NotEstimable
    ci_high: float | NotEstimable
    n: int
    n_eff: float
    n_chosen: int | None = None
