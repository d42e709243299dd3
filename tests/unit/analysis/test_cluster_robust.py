"""CR2 against its definition with full matrices, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from analysis.cluster_robust import ClusterRobust, cluster_robust
from analysis.glm import with_constant
from analysis.refusals import NotEstimable

FloatArray = NDArray[np.float64]


def _by_definition(
    y: FloatArray, x: FloatArray, cluster: NDArray[np.int64]
) -> tuple[FloatArray, list[float]]:
    design = with_constant(x)
    m = np.linalg.inv(design.T @ design)
    rest = np.eye(len(y)) - design @ m @ design.T
    e = rest @ y
    parts, columns = [], []
    for g in np.unique(cluster):
        inside = cluster == g
        values, vectors = np.linalg.eigh(rest[np.ix_(inside, inside)])
        stretch = np.where(values > 1e-9, 1 / np.sqrt(np.maximum(values, 1e-9)), 0)
        a = (vectors * stretch) @ vectors.T
        parts.append(m @ design[inside].T @ a @ e[inside])
        columns.append(rest[:, inside] @ a @ design[inside] @ m)
    se = np.sqrt(np.sum(np.square(parts), axis=0))
    df = []
    for j in range(design.shape[1]):
        g = np.column_stack([column[:, j] for column in columns])
        df.append(float(np.trace(g.T @ g) ** 2 / np.trace(g.T @ g @ g.T @ g)))
    return se, df


@given(st.integers(0, 2**32), st.integers(4, 9))
@settings(max_examples=25, deadline=None)
def test_it_is_what_the_definition_gives(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    cluster = np.concatenate([np.arange(k), rng.integers(0, k, 40)])
    x = np.column_stack([rng.normal(size=40 + k), cluster % 2])
    y = rng.normal(size=40 + k) + rng.normal(size=k)[cluster]
    found = cluster_robust(y, x, cluster)
    assert isinstance(found, ClusterRobust)
    se, df = _by_definition(y, x, cluster)
    assert found.se == pytest.approx(se, rel=1e-7)
    assert found.df == pytest.approx(df, rel=1e-7)


def test_a_cluster_that_carries_a_coefficient_alone_adds_nothing_to_it() -> None:
    cluster = np.array([0, 0, 1, 1, 2, 2])
    x = (cluster == 0).astype(float)[:, None]
    y = np.array([1.0, 3, 2, 4, 6, 8])
    found = cluster_robust(y, x, cluster)
    assert isinstance(found, ClusterRobust)
    se, _ = _by_definition(y, x, cluster)
    assert found.se == pytest.approx(se, rel=1e-7)


def test_what_cannot_be_had_is_refused() -> None:
    y, x = np.array([1.0, 2, 4]), np.array([[0.0], [1], [1]])
    assert cluster_robust(y, np.ones((3, 1)), np.arange(3)) == NotEstimable(
        "a predictor is constant or follows from the others; leave it out"
    )
    refused = cluster_robust(y, x, np.zeros(3, dtype=np.int64))
    assert isinstance(refused, NotEstimable)
    assert "one cluster" in refused.reason
