"""P-values that allow for how many tests were made."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p: Sequence[float]) -> list[float]:
    """How sure is each result when no false alarm at all should slip in?

    Sorted ascending, adjusted p_(i) = max over j <= i of min(1, (m - j + 1) p_(j)); returned in the
    order given. p: two-sided p-values in 0..1. Valid under any dependence. Refuses nothing.
    Reference: Holm (1979), Scandinavian Journal of Statistics 6:65-70.
    Checked against: R `p.adjust`.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    m = len(p)
    adjusted = [0.0] * m
    largest = 0.0
    for rank, i in enumerate(sorted(range(m), key=p.__getitem__)):
        largest = max(largest, min(1.0, (m - rank) * p[i]))
        adjusted[i] = largest
    return adjusted


def benjamini_hochberg(p: Sequence[float]) -> list[float]:
    """How sure is each result when few of the results called changes should be false alarms?

    Sorted descending, adjusted p_(i) = min over j >= i of min(1, m p_(j) / j); returned in the
    order given. p: two-sided p-values in 0..1. Assumes independence or positive dependence. Refuses
    nothing.
    Reference: Benjamini & Hochberg (1995), JRSS B 57:289-300. Checked against: R `p.adjust`.

    >>> benjamini_hochberg([0.01, 0.04, 0.03])
    [0.03, 0.04, 0.04]
    """
    m = len(p)
    adjusted = [0.0] * m
    smallest = 1.0
    for rank, i in enumerate(sorted(range(m), key=p.__getitem__, reverse=True)):
        smallest = min(smallest, m * p[i] / (m - rank))
        adjusted[i] = smallest
    return adjusted
