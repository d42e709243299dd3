"""Published shares and their tests, from the numbers that were printed.

Scottish Crime and Justice Survey 2014/15, tables A1.13 (good or excellent job) and A1.17 (can
investigate): national rows. Peyton et al. (2019), doi 10.1073/pnas.1910157116: who stayed in the
trial. Gallup: confidence in the police, 2019 and 2020. A design factor stands in for the design
that a table does not tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest

from analysis.report import compare_files
from tests.golden.shares import wave_of_share
from tests.unit.analysis.books import book, question

_SHARE: Final = book(question("y", (0, 1), level="binary"))


@dataclass(frozen=True)
class Printed:
    """Two shares in percent with their bases."""

    shares: tuple[float, float]
    bases: tuple[int, int]

    def compared(self, deft: float, shift: tuple[float, float] = (0.0, 0.0)) -> Any:
        waves = (
            wave_of_share((share + off) / 100, n, deft)
            for share, n, off in zip(self.shares, self.bases, shift, strict=True)
        )
        return compare_files(_SHARE, *waves, plan={"weight": "w"})["comparisons"][0]["change"]


GOOD_JOB: Final = Printed((61, 58), (12050, 11470))
CAN_INVESTIGATE: Final = Printed((73, 70), (12050, 11470))
CAN_INVESTIGATE_2009: Final = Printed((64, 70), (16000, 11470))
CONFIDENCE: Final = Printed((53, 48), (1015, 1226))
STAYED_3_DAYS: Final = Printed((100 * 735 / 1006, 100 * 749 / 1007), (1006, 1007))
STAYED_21_DAYS: Final = Printed((100 * 523 / 1006, 100 * 546 / 1007), (1006, 1007))


@pytest.mark.parametrize(
    ("printed", "deft", "z"),
    [
        (GOOD_JOB, 1.0, -4.69),
        (GOOD_JOB, 1.5, -3.12),
        (CAN_INVESTIGATE, 1.0, -5.10),
        (CAN_INVESTIGATE, 1.5, -3.40),
        (CONFIDENCE, 1.0, -2.36),
        (CONFIDENCE, 1.3, -1.82),
        (STAYED_3_DAYS, 1.0, 0.67),
        (STAYED_21_DAYS, 1.0, 1.00),
    ],
)
def test_the_statistic_is_the_one_of_two_shares(printed: Printed, deft: float, z: float) -> None:
    assert printed.compared(deft)["statistic"] == pytest.approx(z, abs=0.01)


@pytest.mark.parametrize(
    ("printed", "deft", "p"),
    [
        (CONFIDENCE, 1.0, 0.018),
        (CONFIDENCE, 1.3, 0.070),
        (STAYED_3_DAYS, 1.0, 0.50),
        (STAYED_21_DAYS, 1.0, 0.32),
    ],
)
def test_the_p_value_is_the_one_of_two_shares(printed: Printed, deft: float, p: float) -> None:
    assert printed.compared(deft)["p"] == pytest.approx(p, abs=0.005)


@pytest.mark.parametrize(
    ("printed", "sign"), [(GOOD_JOB, -1), (CAN_INVESTIGATE, -1), (CAN_INVESTIGATE_2009, 1)]
)
@pytest.mark.parametrize("deft", [1.25, 1.5])
def test_national_changes_that_are_flagged_lie_beyond_chance_whatever_was_rounded(
    printed: Printed, sign: int, deft: float
) -> None:
    for shift in ((-0.5, 0.5), (0.5, -0.5), (0.0, 0.0)):
        change = printed.compared(deft, shift)
        assert change["p"] < 0.05
        assert change["estimate"] * sign > 0


def test_minus_three_may_be_printed_as_minus_two() -> None:
    """73 to 70 is printed as down by 2: 72.6 to 70.4 is."""
    change = CAN_INVESTIGATE.compared(1.25, (-0.4, 0.4))
    assert round(100 * change["estimate"]) == -2
