"""Answers that make up a published share, with the design factor that its table does not tell."""

from __future__ import annotations

from typing import Final

import numpy as np
from scipy.optimize import brentq

from tests.unit.analysis.books import table

HEAVY: Final = 0.1


def _heavy_weight(deff: float) -> float:
    """The weight of a tenth of the answers, all others 1, that gives this design effect."""

    def excess(k: float) -> float:
        return (1 - HEAVY + HEAVY * k**2) / (1 - HEAVY + HEAVY * k) ** 2 - deff

    return 1.0 if deff == 1 else float(brentq(excess, 1, 100))


def wave_of_share(share: float, n: int, deft: float) -> str:
    """Answers with just this share, of light and heavy weight alike."""
    weights = np.where(np.arange(n) % 10 == 0, _heavy_weight(deft**2), 1.0)
    agrees = np.zeros(n)
    for weight in np.unique(weights):
        inside = np.flatnonzero(weights == weight)
        agrees[inside[: round(share * len(inside))]] = 1
    yes, total = (weights * agrees).sum(), weights.sum()
    exact = np.where(agrees == 1, share * total / yes, (1 - share) * total / (total - yes))
    return table({"y": agrees.astype(int).tolist(), "w": (weights * exact).tolist()})
