"""Few clusters: a variance that allows for how much each one carries (CR2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from analysis.dataset import FloatArray
from analysis.design import IntArray
from analysis.glm import fit_glm, with_constant
from analysis.refusals import NotEstimable
from analysis.tally import products, summed

_CARRIES_ALL: Final = 1e-10


@dataclass(frozen=True, slots=True)
class ClusterRobust:
    """Per coefficient, the constant first: estimate, standard error and Satterthwaite df."""

    coefficients: FloatArray
    se: FloatArray
    df: FloatArray


def cluster_robust(y: FloatArray, x: FloatArray, cluster: IntArray) -> ClusterRobust | NotEstimable:
    """How sure is a straight-line fit when few clusters were drawn?

    Least squares, unweighted, M = (X'X)^-1. Each cluster's residuals are turned by
    A_g = (I - X_g M X_g')^(-1/2), so that V = M [sum_g X_g' A_g e_g e_g' A_g X_g] M is unbiased
    when rows are independent and alike; df of a coefficient = (tr G'G)^2 / tr((G'G)^2), with column
    g of G = (I - X M X')_{.g} A_g X_g M c (Satterthwaite under that working model).

    y: (n,). x: (n, p - 1), without constant. cluster: (n,) positions from 0.
    Assumes independent clusters. A coefficient that one cluster carries alone adds nothing to V.
    Refuses (`NotEstimable`): what `fit_glm` refuses; fewer than two clusters.
    Reference: Bell & McCaffrey (2002), Survey Methodology 28:169-181; Pustejovsky & Tipton (2018),
    Journal of Business & Economic Statistics 36:672-683. Checked against: R
    `clubSandwich::vcovCR(type = "CR2")`, `coef_test` (O11).
    """
    fit = fit_glm(y, x, np.ones(len(y)))
    if isinstance(fit, NotEstimable):
        return fit
    k = int(cluster.max()) + 1
    if k < 2:  # noqa: PLR2004 - one cluster does not vary
        return NotEstimable("one cluster: nothing shows how clusters differ")
    design, inverse = with_constant(x), fit.inverse_information
    scores = _cluster_sums(design * (y - fit.fitted)[:, None], cluster, k)
    cross = np.array([products(design[cluster == g].T, design[cluster == g].T) for g in range(k)])
    turned = np.array([_turned(cross[g], inverse) for g in range(k)])
    moved = np.einsum("gij,gj->gi", turned, scores) @ inverse
    return ClusterRobust(
        coefficients=fit.coefficients,
        se=np.sqrt(np.einsum("gi,gi->i", moved, moved)),
        df=np.array([_df(inverse[:, j], inverse, cross, turned) for j in range(len(inverse))]),
    )


def _cluster_sums(rows: FloatArray, cluster: IntArray, k: int) -> FloatArray:
    return np.column_stack([summed(cluster, column, k) for column in rows.T])


def _turned(cross: FloatArray, inverse: FloatArray) -> FloatArray:
    """T_g with X_g' A_g e_g = T_g X_g' e_g.

    With S the square root of M, X_g M X_g' has the eigenvalues of S X_g'X_g S; along each, A_g
    stretches by (1 - l)^(-1/2), and by 0 where l = 1 (nothing is left to turn).
    """
    values, vectors = np.linalg.eigh(inverse)
    root = (vectors * np.sqrt(values)) @ vectors.T
    unroot = (vectors / np.sqrt(values)) @ vectors.T
    carried, axes = np.linalg.eigh(root @ cross @ root)
    left = 1 - carried
    stretch = np.where(left > _CARRIES_ALL, 1 / np.sqrt(np.maximum(left, _CARRIES_ALL)), 0.0)
    return np.asarray(unroot @ (axes * stretch) @ axes.T @ root)


def _df(c: FloatArray, inverse: FloatArray, cross: FloatArray, turned: FloatArray) -> float:
    """G'G from p x p pieces: column g of G is (e_g - X M X_g') a_g, a_g = A_g X_g M c = X_g b_g."""
    b = np.einsum("gji,j->gi", turned, c)
    x_a = np.einsum("gij,gj->gi", cross, b)
    own = np.einsum("gi,gi->g", b, x_a)
    inner = np.diag(own) - x_a @ inverse @ x_a.T
    return float(np.trace(inner) ** 2 / np.einsum("ij,ji->", inner, inner))
