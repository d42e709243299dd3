"""Which fieldings are tried, and what the product does with each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from tests.simulation.people import Fielding

Standing = Literal["reported", "cautious", "labelled", "refused"]


@dataclass(frozen=True)
class Cell:
    """standing: a report tells the result, tells it with an interval that is wider than need be and
    says so, tells it with a warning, or gives no verdict.

    The smallest change that matters is in points of the answer scale. elsewhere: the comparison
    area; then the change is how much more the fielding's own area changed. third: whose later wave
    is a third one of the fielding; then the change is the slope a month.
    """

    name: str
    fielding: Fielding
    standing: Standing = "reported"
    smallest_change: float = 0.2
    elsewhere: Fielding | None = None
    third: Fielding | None = None

    @property
    def is_null(self) -> bool:
        """Nothing changed; people drawn anew from a finite population differ, if by little."""
        return abs(self.true_change()) < _ROUNDING and self.fielding.sampled == 1

    def true_change(self) -> float:
        before, after = self.fielding.true_levels()
        if self.third is not None:
            people = (*self.fielding.sizes, self.third.sizes[1])
            return _slope((before, after, self.third.true_levels()[1]), people)
        if self.elsewhere is None:
            return after - before
        start, end = self.elsewhere.true_levels()
        return (after - before) - (end - start)


def _slope(levels: Sequence[float], people: Sequence[int]) -> float:
    """Least squares over all people of the waves."""
    n = sum(people)
    middle = sum(t * k for t, k in zip(TIMES, people, strict=True)) / n
    apart = [(t - middle) * k for t, k in zip(TIMES, people, strict=True)]
    spread = sum(a * (t - middle) for a, t in zip(apart, TIMES, strict=True))
    return sum(a * level for a, level in zip(apart, levels, strict=True)) / spread


_ROUNDING: Final = 1e-12
TIMES: Final = (0.0, 6.0, 14.0)  # months
_WEIGHTS: Final = 0.95  # coefficient of variation: Kish's design effect is 1.9
_WILD: Final = 1.4  # design effect 2.96, just within what is reported
_TIE: Final = 0.5

_EQUAL: Final = (
    Cell("scale, 30 and 30 people", Fielding((30, 30))),
    Cell("scale, 30 and 150 people", Fielding((30, 150))),
    Cell("scale, 60 and 60 people, true change", Fielding((60, 60), lift=0.4)),
    Cell("scale, 400 and 400 people", Fielding((400, 400))),
    Cell("item, 30 and 30 people", Fielding((30, 30), "item")),
    Cell("item, 30 and 30 people, true change", Fielding((30, 30), "item", lift=0.4)),
    Cell("skewed item, 30 and 30 people", Fielding((30, 30), "skewed item")),
    Cell("skewed item, 60 and 60 people, true change", Fielding((60, 60), "skewed item", lift=0.3)),
    Cell("share of 30%, 60 and 60 people", Fielding((60, 60), "share")),
    Cell("share of 30%, 150 and 150 people, true change", Fielding((150, 150), "share", lift=0.3)),
    Cell("four strata, 120 and 120 people", Fielding((120, 120), strata=4)),
)
_WEIGHTED: Final = (
    Cell("weights, 120 and 120 people", Fielding((120, 120), weight_spread=_WEIGHTS)),
    Cell(
        "weights tied to the outcome, 120 and 120 people",
        Fielding((120, 120), weight_spread=_WEIGHTS, weight_tie=_TIE),
    ),
    Cell("weights, 120 and 400 people", Fielding((120, 400), weight_spread=_WEIGHTS)),
    Cell(
        "weights tied to the outcome, true change",
        Fielding((120, 120), weight_spread=_WEIGHTS, weight_tie=_TIE, lift=0.4),
    ),
    Cell(
        "weights tied strongly to the outcome",
        Fielding((120, 120), weight_spread=_WEIGHTS, weight_tie=0.9),
    ),
    Cell(
        "weights tied to a skewed item",
        Fielding((120, 120), "skewed item", weight_spread=_WEIGHTS, weight_tie=_TIE),
    ),
    Cell(
        "weights tied the other way to a skewed item",
        Fielding((120, 120), "skewed item", weight_spread=_WEIGHTS, weight_tie=-_TIE),
    ),
    Cell(
        "weights tied to a share of 30%",
        Fielding((150, 150), "share", weight_spread=_WEIGHTS, weight_tie=_TIE),
    ),
    Cell(
        "wilder weights tied to the outcome, 190 and 190 people",
        Fielding((190, 190), weight_spread=_WILD, weight_tie=_TIE),
    ),
    Cell(
        "wilder weights tied to a skewed item, 190 and 190 people",
        Fielding((190, 190), "skewed item", weight_spread=_WILD, weight_tie=-_TIE),
    ),
    Cell(
        "four strata and weights, 130 and 130 people",
        Fielding((130, 130), strata=4, weight_spread=_WEIGHTS, weight_tie=_TIE),
    ),
)
_TIED: Final[dict[str, float]] = {"weight_spread": _WEIGHTS, "weight_tie": _TIE}
_BLOCKS: Final = (
    Cell("20 blocks of 10", Fielding((200, 200), blocks=20, likeness=0.05)),
    Cell("20 blocks of 10, very much alike", Fielding((200, 200), blocks=20, likeness=0.2)),
    Cell("24 uneven blocks", Fielding((240, 240), blocks=24, likeness=0.1, uneven_blocks=True)),
    Cell(
        "20 blocks of 15, weights tied to the outcome",
        Fielding((300, 300), blocks=20, likeness=0.1, **_TIED),
    ),
    Cell(
        "28 uneven blocks, weights tied to the outcome",
        Fielding((420, 420), blocks=28, likeness=0.1, uneven_blocks=True, **_TIED),
    ),
    Cell(
        "the same 20 blocks twice",
        Fielding((200, 200), blocks=20, likeness=0.1, same_blocks=True),
    ),
    Cell(
        "the same 28 uneven blocks twice, weights tied to the outcome",
        Fielding(
            (420, 420), blocks=28, likeness=0.1, uneven_blocks=True, same_blocks=True, **_TIED
        ),
    ),
    Cell(
        "40 uneven blocks, weights tied to the outcome, true change",
        Fielding((400, 400), blocks=40, likeness=0.1, uneven_blocks=True, lift=0.4, **_TIED),
    ),
)
_LINKED: Final = (
    Cell("60 people, all answer twice", Fielding((60, 60), linked=60)),
    Cell("120 of 300 and 250 people answer twice", Fielding((300, 250), linked=120)),
    Cell(
        "100 of 160 and 160 people answer twice, weights tied to the outcome",
        Fielding((160, 160), linked=100, weight_spread=_WEIGHTS, weight_tie=_TIE),
    ),
    Cell(
        "120 people, all answer twice, weights tied to the outcome",
        Fielding((120, 120), linked=120, weight_spread=_WEIGHTS, weight_tie=_TIE),
    ),
)
_MAIN_OUTCOMES: Final = (
    Cell("three main outcomes, 60 and 60 people", Fielding((60, 60), outcomes=3)),
    Cell(
        "three main outcomes, weights tied to them",
        Fielding((150, 150), weight_spread=_WEIGHTS, weight_tie=_TIE, outcomes=3),
    ),
    Cell(
        "three main outcomes, the same 20 blocks twice",
        Fielding((200, 200), blocks=20, likeness=0.1, same_blocks=True, outcomes=3),
    ),
)
_RAKED: Final = (
    Cell(
        "raked by the program, 150 and 150 people",
        Fielding((150, 150), weight_tie=_TIE, raked=True),
        "cautious",
    ),
    Cell(
        "raked by the program, ages tied strongly, true change",
        Fielding((150, 150), weight_tie=0.9, raked=True, lift=0.4),
        "cautious",
    ),
    Cell(
        "raked by the program, skewed item",
        Fielding((150, 150), "skewed item", weight_tie=_TIE, raked=True),
        "cautious",
    ),
    Cell(
        "raked by the program, share of 30%",
        Fielding((150, 150), "share", weight_tie=_TIE, raked=True),
        "cautious",
    ),
)
_ALONE: Final = Fielding((120, 120))
_IN_BLOCKS: Final = Fielding((200, 200), blocks=20, likeness=0.1, same_blocks=True)
_BESIDE_AREAS: Final = (
    Cell("comparison area, 120 people each time in each", _ALONE, elsewhere=_ALONE),
    Cell(
        "comparison area, both rise alike",
        replace(_ALONE, lift=0.4),
        elsewhere=replace(_ALONE, lift=0.4),
    ),
    Cell(
        "comparison area, true difference",
        replace(_ALONE, lift=0.4),
        elsewhere=replace(_ALONE, sizes=(90, 90)),
    ),
    Cell(
        "comparison area, weights tied to the outcome",
        replace(_ALONE, **_TIED),
        elsewhere=replace(_ALONE, **_TIED),
    ),
    Cell("comparison area, the same 20 blocks twice in each", _IN_BLOCKS, elsewhere=_IN_BLOCKS),
)
_KNOWN: Final = Fielding((120, 120), sampled=0.6)
_FINITE: Final = (
    Cell("120 of 200 people each time, known population", _KNOWN),
    Cell(
        "share of 30%, 150 of 200 people, true change",
        Fielding((150, 150), "share", sampled=0.75, lift=0.3),
    ),
    Cell(
        "20 of 30 blocks and all their people",
        Fielding((200, 200), blocks=20, likeness=0.1, sampled=2 / 3),
    ),
)
_THREE_WAVES: Final = (
    Cell("three waves, 60 people each time", Fielding((60, 60)), third=Fielding((60, 60))),
    Cell(
        "three waves, a true change",
        Fielding((120, 90), lift=0.2),
        third=Fielding((120, 150), lift=0.4),
    ),
    Cell(
        "three waves, weights tied to the outcome",
        Fielding((120, 120), **_TIED),
        third=Fielding((120, 120), **_TIED),
    ),
    Cell(
        "three waves, 20 blocks each time",
        Fielding((200, 200), blocks=20, likeness=0.1),
        third=Fielding((200, 200), blocks=20, likeness=0.1),
    ),
)
_WEAK: Final = (
    Cell("scale, 12 and 12 people", Fielding((12, 12)), "refused"),
    Cell("skewed item, 20 and 20 people", Fielding((20, 20), "skewed item"), "refused"),
    Cell(
        "weights tied to a skewed item, 40 and 40 people",
        Fielding((40, 40), "skewed item", weight_spread=_WEIGHTS, weight_tie=_TIE),
        "refused",
    ),
    Cell(
        "wild weights tied to a skewed item, 60 and 60 people",
        Fielding((60, 60), "skewed item", weight_spread=2.0, weight_tie=-_TIE),
        "refused",
    ),
    Cell(
        "6 uneven blocks, weights tied to the outcome",
        Fielding((120, 120), blocks=6, likeness=0.1, uneven_blocks=True, **_TIED),
        "labelled",
    ),
    Cell(
        "the same 12 uneven blocks twice, weights tied to the outcome",
        Fielding(
            (240, 240), blocks=12, likeness=0.1, uneven_blocks=True, same_blocks=True, **_TIED
        ),
        "labelled",
    ),
    Cell(
        "the same 20 uneven blocks twice, weights tied to the outcome",
        Fielding(
            (300, 300), blocks=20, likeness=0.1, uneven_blocks=True, same_blocks=True, **_TIED
        ),
        "labelled",
    ),
    Cell(
        "weights tied to the outcome, 120 and 400 people",
        Fielding((120, 400), **_TIED),
        "labelled",
    ),
    Cell("skewed item, 30 and 150 people", Fielding((30, 150), "skewed item"), "labelled"),
    Cell(
        "weights tied to a skewed item, 120 and 600 people",
        Fielding((120, 600), "skewed item", weight_spread=_WEIGHTS, weight_tie=_TIE),
        "labelled",
    ),
    Cell("share of 30%, 40 and 200 people", Fielding((40, 200), "share"), "labelled"),
    Cell(
        "comparison area, the same 6 blocks twice in each",
        Fielding((120, 120), blocks=6, likeness=0.1, same_blocks=True),
        "labelled",
        elsewhere=Fielding((120, 120), blocks=6, likeness=0.1, same_blocks=True),
    ),
)
_MATTERS: Final = Fielding((400, 400), lift=0.2)
JUST_MATTERS: Final = Cell(
    "true change just as large as what matters",
    _MATTERS,
    smallest_change=_MATTERS.true_levels()[1] - _MATTERS.true_levels()[0],
)
CELLS: Final = (
    *_EQUAL,
    JUST_MATTERS,
    *_WEIGHTED,
    *_RAKED,
    *_BLOCKS,
    *_LINKED,
    *_MAIN_OUTCOMES,
    *_BESIDE_AREAS,
    *_FINITE,
    *_THREE_WAVES,
    *_WEAK,
)
