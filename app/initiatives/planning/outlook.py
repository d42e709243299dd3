"""What a plan of fieldwork could show: so many answers from each area in each wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.errors import BadInput
from app.initiatives.planning.planner import (
    FEWEST_REPORTED,
    HALF,
    USUAL_DEFF,
    USUAL_MATTERS,
    USUAL_SPREAD,
    Answers,
    Assumptions,
    answers_for,
    visible_change,
)
from app.web.forms import whole_number

if TYPE_CHECKING:
    from app.initiatives.tables import Area, Initiative

WAVES: Final = ("before", "after")
USUAL_ANSWERS: Final = 200
MOST_ANSWERS: Final = 10_000_000
EVERYWHERE: Final = "0"  # the one place of an initiative without areas
BOUNDS: Final = {"spread": (0.05, 5.0), "deff": (1.0, 10.0), "matters": (0.01, 4.0)}
_USUAL: Final = {"spread": USUAL_SPREAD, "deff": USUAL_DEFF, "matters": USUAL_MATTERS}


@dataclass(frozen=True, slots=True)
class Place:
    """A row of the planner: an area, or the whole initiative where it has none."""

    code: str
    name: Mapping[str, str]
    is_comparison: bool
    answers: Answers
    seen: float | None


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the plan could show. `contrast` is the difference to the comparison areas."""

    places: list[Place]
    total: Answers
    seen: float | None
    seen_share: float | None
    contrast: float | None
    needed: int | None
    matters: float
    assumed: Assumptions

    @property
    def is_enough(self) -> bool:
        return self.seen is not None and self.seen <= self.matters

    @property
    def small(self) -> list[Place]:
        """Areas of which a wave would be too small to be reported by itself."""
        return [place for place in self.places if place.answers.fewest < FEWEST_REPORTED]

    @property
    def is_too_small(self) -> bool:
        return self.total.fewest < FEWEST_REPORTED

    @property
    def has_comparison(self) -> bool:
        return any(place.is_comparison for place in self.places)


def outlook_of(
    areas: Sequence[Area], numbers: Mapping[str, Any], everywhere: Mapping[str, str]
) -> Outlook:
    """`numbers` as they are kept: answers by wave and area, and what is assumed of them."""
    assumed = Assumptions(numbers["spread"], numbers["deff"])
    places = [
        _place(str(a.code), a.name, numbers, assumed, is_comparison=a.role == "comparison")
        for a in areas
    ] or [_place(EVERYWHERE, everywhere, numbers, assumed, is_comparison=False)]
    own = [place.answers for place in places if not place.is_comparison]
    other = [place.answers for place in places if place.is_comparison]
    total = _sum(own or other)
    both = [total, _sum(other)] if own and other else None
    share = visible_change([total], Assumptions(HALF, assumed.deff))
    matters = numbers["matters"]
    return Outlook(
        places=places,
        total=total,
        seen=visible_change([total], assumed),
        seen_share=None if share is None or share > 1 else share,
        contrast=visible_change(both, assumed) if both else None,
        needed=answers_for([total], assumed, matters),
        matters=matters,
        assumed=assumed,
    )


def _place(
    code: str,
    name: Mapping[str, str],
    numbers: Mapping[str, Any],
    assumed: Assumptions,
    *,
    is_comparison: bool,
) -> Place:
    answers = Answers(*(float(numbers[wave].get(code, USUAL_ANSWERS)) for wave in WAVES))
    return Place(code, name, is_comparison, answers, visible_change([answers], assumed))


def _sum(places: Sequence[Answers]) -> Answers:
    return Answers(sum(p.before for p in places), sum(p.after for p in places))


def inside(areas: Sequence[Area]) -> list[Area]:
    """Where a change is judged: the initiative's areas; all of them where it names no other."""
    own = [area for area in areas if area.role != "comparison"]
    return own or list(areas)


def part_inside(areas: Sequence[Area], aims: Mapping[str, int]) -> float:
    """How much of a wave comes from there, as aimed at; area by area alike where nothing is."""
    own = inside(areas)
    of_all = sum(aims.get(code, 0) for code in codes_of(areas))
    if of_all:
        return sum(aims.get(code, 0) for code in codes_of(own)) / of_all
    return len(own) / len(areas) if areas else 1.0


def change_that_matters(plan: Mapping[str, Any]) -> float:
    """Of a locked plan: that of its first outcome."""
    changes = plan.get("smallest_change", {})
    amounts = [amount.get("mean") for amount in changes.values() if isinstance(amount, dict)]
    return next((float(a) for a in amounts if a), USUAL_MATTERS)


def codes_of(areas: Sequence[Area]) -> list[str]:
    return [str(area.code) for area in areas] or [EVERYWHERE]


def numbers_to_begin_with(initiative: Initiative, matters: float = USUAL_MATTERS) -> dict[str, Any]:
    """What was kept, else the usual assumptions."""
    return {"before": {}, "after": {}, **_USUAL, "matters": matters, **initiative.expected}


def numbers_from(wanted: Mapping[str, str], codes: Sequence[str]) -> dict[str, Any]:
    """As they are kept, from what was typed: `before.1`, `after.1`, spread, deff, matters."""
    numbers: dict[str, Any] = {
        wave: {code: _answers(wanted.get(f"{wave}.{code}", str(USUAL_ANSWERS))) for code in codes}
        for wave in WAVES
    }
    for name, (least, most) in BOUNDS.items():
        text = wanted.get(name, f"{_USUAL[name]:g}")
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            number = least - 1
        if not least <= number <= most:
            raise BadInput("plans.between", least=least, most=most, text=text[:20])
        numbers[name] = number
    return numbers


def _answers(text: str) -> int:
    number = whole_number(text)
    if number is None or not 1 <= number <= MOST_ANSWERS:
        raise BadInput("plans.expected_whole", text=text[:20])
    return number
