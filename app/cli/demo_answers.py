"""Answer sheets of people who do not exist, drawn from a seeded generator for the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.questions.contract import PageContext

if TYPE_CHECKING:
    import numpy as np

    from app.instruments.model import Instrument
    from app.questions.contract import AreaChoice, Choice, QuestionBase
    from app.questions.schema import WaveKind

SHARE_SKIPPED = 0.03
SHARE_NO_ANSWER = 0.04
PERSON_SPREAD = 0.75
ITEM_SPREAD = 0.8


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """`trust` runs around 0; `shift` is what the initiative is made to have done."""

    trust: float
    shift: float
    language: str


def simulate_person(
    rng: np.random.Generator, *, shift: float, languages: Sequence[str]
) -> SimulatedPerson:
    shares = [0.6, *[0.4 / (len(languages) - 1)] * (len(languages) - 1)]
    return SimulatedPerson(
        trust=float(rng.normal(0, PERSON_SPREAD)),
        shift=shift,
        language=str(rng.choice(list(languages), p=shares)),
    )


def fill_in(
    instrument: Instrument,
    wave_kind: WaveKind,
    areas: tuple[AreaChoice, ...],
    person: SimulatedPerson,
    rng: np.random.Generator,
) -> dict[str, list[str]]:
    """Return the form as a browser would post it."""
    page = PageContext(
        language=person.language, missing_labels=instrument.missing_labels, areas=areas
    )
    scored = {item for scale in instrument.scales if scale.primary for item in scale.items}
    form: dict[str, list[str]] = {}
    for question in instrument.questions_in(wave_kind):
        choices = list(question.choices(page, {}))
        if not choices or rng.random() < SHARE_SKIPPED:
            continue
        lean = person.trust + (person.shift if question.id in scored else 0.0)
        form[question.id] = [_choose(question, choices, lean, rng).value]
    return form


def _choose(
    question: QuestionBase, choices: list[Choice], lean: float, rng: np.random.Generator
) -> Choice:
    missing = [choice for choice in choices if choice.is_missing]
    if missing and rng.random() < SHARE_NO_ANSWER:
        return missing[int(rng.integers(len(missing)))]
    points = [choice for choice in choices if not choice.is_missing]
    if question.role != "item":
        return points[int(rng.integers(len(points)))]
    low_is_good = str(min(question.favourable, default=0)) == points[0].value
    middle = (len(points) - 1) / 2
    height = middle + (-lean if low_is_good else lean) + float(rng.normal(0, ITEM_SPREAD))
    return points[min(max(round(height), 0), len(points) - 1)]
