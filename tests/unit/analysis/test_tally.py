"""Count tables add up over chunks of rows."""

from __future__ import annotations

import numpy as np

from analysis.tally import tally


def test_tallies_of_seven_chunks_add_up_to_the_tally_of_all() -> None:
    rng = np.random.default_rng(7)
    category = rng.integers(0, 6, 5000).astype(np.int8)
    group, weight = rng.integers(0, 9, 5000), rng.uniform(0.1, 4, 5000)
    whole = tally(category, group, weight, (9, 6))
    chunks = np.array_split(np.arange(5000), 7)
    total = tally(category[:0], group[:0], weight[:0], (9, 6))
    for rows in chunks:
        total += tally(category[rows], group[rows], weight[rows], (9, 6))
    np.testing.assert_array_equal(total.n, whole.n)
    np.testing.assert_allclose(total.weight, whole.weight, rtol=1e-12)
    np.testing.assert_allclose(total.weight_squared, whole.weight_squared, rtol=1e-12)
    assert whole.n.sum() == 5000
    assert whole.n[3, 2] == np.count_nonzero((group == 3) & (category == 2))
