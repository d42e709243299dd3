"""The index of measures: what one wave's answers come to. A new one is a file and a line here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from analysis.design import Design
from analysis.estimates.estimate import Estimate
from analysis.estimates.mean import estimate_mean
from analysis.estimates.share import estimate_share
from analysis.influence import Summary

Estimator = Callable[[Summary, float, float, Design], Estimate]
ESTIMATES: Final[Mapping[str, Estimator]] = {"mean": estimate_mean, "share": estimate_share}
