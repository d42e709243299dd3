"""The index of variances. A new one is a file here and a line in `VARIANCES`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from analysis.refusals import Refusal
from analysis.variance.jackknife import Jackknife
from analysis.variance.protocol import Variance
from analysis.variance.taylor import Taylor

DEFAULT: Final = "jackknife"
VARIANCES: Final[Mapping[str, Variance]] = {"taylor": Taylor(), "jackknife": Jackknife()}


def variance_named(name: object) -> Variance:
    if not isinstance(name, str) or name not in VARIANCES:
        raise Refusal(f"variance {name!r} is not known; choose one of: {', '.join(VARIANCES)}")
    return VARIANCES[name]
