"""The index of methods beside the main analysis. A new one is a file and a line in `METHODS`."""

from __future__ import annotations

from typing import Final

from analysis.comparisons.linked import (
    mcnemar,
    overlapping_shares,
    overlapping_t,
    paired_t,
    sign_test,
    signed_rank,
)
from analysis.comparisons.means import (
    adjusted,
    answered_enough,
    glass_delta,
    permutation,
    welch,
    winsorised,
)
from analysis.comparisons.method import Method
from analysis.comparisons.ranks import brunner_munzel, mann_whitney, midrank_test, odds_of_higher
from analysis.comparisons.shares import agresti_caffo, fisher, odds_ratio, pearson, rao_scott

METHODS: Final[tuple[Method, ...]] = (
    welch.METHOD,
    answered_enough.COMPLETE,
    answered_enough.NEARLY_COMPLETE,
    winsorised.METHOD,
    adjusted.METHOD,
    permutation.METHOD,
    glass_delta.METHOD,
    brunner_munzel.METHOD,
    mann_whitney.METHOD,
    midrank_test.METHOD,
    odds_of_higher.METHOD,
    odds_ratio.METHOD,
    fisher.METHOD,
    agresti_caffo.METHOD,
    rao_scott.METHOD,
    pearson.METHOD,
    paired_t.METHOD,
    signed_rank.METHOD,
    sign_test.METHOD,
    overlapping_t.METHOD,
    mcnemar.METHOD,
    overlapping_shares.METHOD,
)
