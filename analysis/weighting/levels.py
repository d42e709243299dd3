"""Where each respondent stands on a margin, and what to do with those who did not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analysis.dataset import CodedColumn, FloatArray
from analysis.refusals import Refusal
from analysis.weighting.effective_size import check_weights

LevelArray = NDArray[np.int64]

NOT_GIVEN: Final = -1
NOT_GIVEN_LABEL: Final = "not given"
MOST_NOT_GIVEN: Final = 0.20
_ADDS_UP: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Target:
    """What one wave is brought to on one variable.

    `levels`: (n,) positions in `labels`; `shares`: (k,) of the weight, adding up to 1.
    """

    variable: str
    labels: tuple[str, ...]
    levels: LevelArray
    shares: FloatArray

    def __post_init__(self) -> None:
        if len(self.labels) != len(self.shares):
            raise Refusal(
                f"margin {self.variable!r}: {len(self.labels)} levels and {len(self.shares)} "
                "targets; give one target a level"
            )
        for label, share in zip(self.labels, self.shares, strict=True):
            if not (np.isfinite(share) and share >= 0):
                raise Refusal(
                    f"margin {self.variable!r}, level {label!r}: the target is {share}; give a "
                    "share of 0 or more"
                )
        if abs(self.shares.sum() - 1) > _ADDS_UP:
            raise Refusal(
                f"margin {self.variable!r}: the targets add up to {self.shares.sum():.6g}, not 1"
            )
        outside = np.flatnonzero((self.levels < 0) | (self.levels >= len(self.labels)))
        if outside.size:
            raise Refusal(
                f"margin {self.variable!r}: row {outside[0]} has the level "
                f"{self.levels[outside[0]]}, and there are {len(self.labels)}; give each row a "
                "level, 'not given' included"
            )

    def check_rows(self, base: FloatArray) -> None:
        """Refuses base weights that are no weights, or that belong to other rows."""
        check_weights(base)
        if len(base) != len(self.levels):
            raise Refusal(
                f"margin {self.variable!r}: {len(self.levels)} levels and {len(base)} base "
                "weights; give one a respondent"
            )

    def shares_under(self, weights: FloatArray) -> FloatArray:
        """Share of the weight that each level holds."""
        held = np.bincount(self.levels, weights, len(self.labels))
        return np.asarray(held / weights.sum())


def levels_of(column: CodedColumn) -> LevelArray:
    """Position of each answer among the valid codes, `NOT_GIVEN` for every kind of missing."""
    index = column.index.astype(np.int64)
    return np.where(index < column.n_valid, index, NOT_GIVEN)


def one_group_or_more(ticked: NDArray[np.bool_]) -> LevelArray:
    """In which one group is somebody who could tick several?

    ticked: (n, k). Level j where j alone is ticked, level k ("two or more") where several are,
    `NOT_GIVEN` where none is. The rule is declared, not estimated: population tables of race count
    "two or more" the same way.

    >>> one_group_or_more(np.array([[True, False], [True, True], [False, False]]))
    array([ 0,  2, -1])
    """
    count = ticked.sum(axis=1)
    first = ticked.argmax(axis=1)
    level = np.where(count > 1, ticked.shape[1], first)
    return np.where(count == 0, NOT_GIVEN, level).astype(np.int64)


def share_not_given(levels: LevelArray, base: FloatArray) -> float:
    """Base-weighted share of respondents who did not say; refuses rows that do not match."""
    check_weights(base)
    if len(levels) != len(base):
        raise Refusal(
            f"weights: {len(levels)} levels and {len(base)} base weights; give one a respondent"
        )
    return float(base[levels == NOT_GIVEN].sum() / base.sum())


def target_of_wave(
    variable: str,
    labels: tuple[str, ...],
    levels: LevelArray,
    shares: FloatArray,
    base: FloatArray,
) -> Target:
    """To what is a wave weighted when some people did not give this demographic?

    "Not given" becomes a level of its own. Its target is g, its base-weighted share in this wave;
    the population shares p_l of the others become (1 - g) p_l. So nobody is dropped, and nobody who
    kept silent is assumed to be like the rest.

    levels: (n,) with `NOT_GIVEN`; shares: (k,) of the population; base: (n,).
    Refuses (`Refusal`): as `Target`, and base weights that are not finite and above zero.
    Reference: own rule; it leaves the margin out above 20 % (see `weigh_waves`).
    Checked against: R `survey::rake` to such targets (W01), post-stratification by hand.

    >>> levels = np.array([0, 1, 1, -1])
    >>> target = target_of_wave("sex", ("F", "M"), levels, np.array([0.5, 0.5]), np.ones(4))
    >>> target.labels, target.shares
    (('F', 'M', 'not given'), array([0.375, 0.375, 0.25 ]))
    """
    silent = share_not_given(levels, base)
    if not silent:
        return Target(variable, labels, levels, shares)
    return Target(
        variable=variable,
        labels=(*labels, NOT_GIVEN_LABEL),
        levels=np.where(levels == NOT_GIVEN, len(labels), levels),
        shares=np.append(shares * (1 - silent), silent),
    )
