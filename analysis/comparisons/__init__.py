"""The index of comparisons, by measure. A new one is a file here and a line in `METHODS`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.comparisons.difference import Comparison, Effects, compare_waves
from analysis.comparisons.difference_of_means import effects_of_means
from analysis.comparisons.difference_of_shares import effects_of_shares

METHODS: Final[Mapping[str, Effects]] = {"mean": effects_of_means, "share": effects_of_shares}

__all__ = ["METHODS", "Comparison", "compare_waves"]
