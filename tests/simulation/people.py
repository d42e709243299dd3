"""People who do not exist, drawn many waves at a time: what is true of them is known exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import Final, Literal

import numpy as np
from scipy.special import ndtri

from analysis.dataset import DesignColumns, FloatArray, LabelArray, Wave
from analysis.design import Design, IntArray, label_design, label_waves
from analysis.weighting.levels import Target
from analysis.weighting.trimming import BoundedWeights, rake_within_bounds

Answer = Literal["item", "skewed item", "scale", "share"]

# Where a standard normal trait passes from one of five answers to the next; of a share, to yes.
THRESHOLDS: Final[dict[Answer, tuple[float, ...]]] = {
    "item": (-1.2, -0.4, 0.4, 1.2),
    "skewed item": (-2.2, -1.6, -1.0, -0.3),
    "scale": (-1.2, -0.4, 0.4, 1.2),
    "share": (0.524,),  # 30 % say yes
}
SAMPLES: Final = ("here, before", "here, after", "there, before", "there, after")
# In the population every age and sex is as frequent as the others.
AGES_ANSWERING: Final = (0.45, 0.35, 0.2)
SEXES_ANSWERING: Final = (0.4, 0.6)
ITEMS_OF_A_SCALE: Final = 4
SHARED_BY_ITEMS: Final = 0.5
LIKENESS_OVER_TIME: Final = 0.6
BLOCK_LIKENESS_OVER_TIME: Final = 0.7


@dataclass(frozen=True)
class Fielding:
    """Two waves. Sizes are people; `blocks` a wave, 0 for none.

    weight_spread: coefficient of variation of lognormal weights. weight_tie: correlation of the log
    weight with the trait. likeness: intraclass correlation of a block. linked: people who answer
    twice. lift: true change of the trait in standard deviations. outcomes: scales that share half
    of their trait. raked: weights are none of the sample's but made by the product, from three ages
    (tied to the trait by `weight_tie`) and two sexes that answer unequally often. sampled: the part
    of a finite population that answers (of its blocks, where there are any), drawn anew each time.
    """

    sizes: tuple[int, int]
    answer: Answer = "scale"
    weight_spread: float = 0.0
    weight_tie: float = 0.0
    blocks: int = 0
    likeness: float = 0.0
    uneven_blocks: bool = False
    same_blocks: bool = False
    linked: int = 0
    strata: int = 1
    lift: float = 0.0
    outcomes: int = 1
    raked: bool = False
    sampled: float = 1.0

    @property
    def has_newcombe(self) -> bool:
        """The interval that stands beside a share of a simple random sample of very many."""
        is_weighted = bool(self.weight_spread) or self.raked
        return self.answer == "share" and not is_weighted and self.sampled == 1

    @property
    def population(self) -> Fielding:
        """Everyone whom the waves are drawn from, as if all answered."""
        before, after = (round(n / self.sampled) for n in self.sizes)
        blocks = round(self.blocks / self.sampled)
        return replace(self, sizes=(before, after), blocks=blocks, sampled=1.0)

    @property
    def log_spread(self) -> float:
        return math.sqrt(math.log1p(self.weight_spread**2))

    def true_levels(self) -> tuple[float, float]:
        """The population's mean (or share) before and after: a weight e^(sz) moves the normal."""
        return self._level(0.0), self._level(self.lift)

    def _level(self, lift: float) -> float:
        part = math.sqrt(SHARED_BY_ITEMS) if self.answer == "scale" else 1.0
        place = part * (self.weight_tie * self.log_spread + lift)
        above = sum(1 - NormalDist(place).cdf(t) for t in THRESHOLDS[self.answer])
        return above if self.answer == "share" else 1 + above


@dataclass(frozen=True)
class Drawn:
    """answers: (outcomes, runs, people); weights: (runs, people), None where equal."""

    answers: FloatArray
    weights: FloatArray | None


def draw_people(fielding: Fielding, rng: np.random.Generator, runs: int) -> Drawn:
    """Both waves of answers, `runs` times."""
    people = (runs, sum(fielding.sizes))
    log_weight, rest = rng.normal(size=people), rng.normal(size=people)
    weights = None
    if fielding.raked:
        log_weight, weights = _raked(fielding, rng, runs)
    _link(fielding, log_weight, rest)
    if fielding.blocks:
        rest = _with_blocks(fielding, rest, rng)
    tie = fielding.weight_tie
    trait = tie * log_weight + math.sqrt(1 - tie**2) * rest
    trait[:, fielding.sizes[0] :] += fielding.lift
    drawn = [_answers(fielding.answer, trait, rng) for _ in range(fielding.outcomes)]
    if fielding.weight_spread:
        weights = np.exp(fielding.log_spread * log_weight)
    return Drawn(np.stack(drawn), weights)


def _raked(
    fielding: Fielding, rng: np.random.Generator, runs: int
) -> tuple[FloatArray, FloatArray]:
    """What age says of the trait, standard normal in the population; and the product's weights."""
    people = (runs, sum(fielding.sizes))
    age = rng.choice(len(AGES_ANSWERING), people, p=AGES_ANSWERING)
    sex = rng.choice(len(SEXES_ANSWERING), people, p=SEXES_ANSWERING)
    by_age = ndtri((age + rng.uniform(size=people)) / len(AGES_ANSWERING))
    before = slice(0, fielding.sizes[0]), slice(fielding.sizes[0], None)
    weights = np.empty(people)
    for run in range(runs):
        for wave in before:
            weights[run, wave] = _weights_of(age[run, wave], sex[run, wave])
    return by_age, weights


def _weights_of(age: IntArray, sex: IntArray) -> FloatArray:
    targets = [
        Target("age", ("young", "middle", "old"), age, np.full(3, 1 / 3)),
        Target("sex", ("F", "M"), sex, np.full(2, 1 / 2)),
    ]
    found = rake_within_bounds(np.ones(len(age)), targets)
    assert isinstance(found, BoundedWeights)
    return found.weights


def design_of(fielding: Fielding) -> Design:
    """The labels are the same in every run; weights are put in run by run."""
    waves = [_labelled_wave(fielding, place) for place in (0, 1)]
    columns = {role: role for role in waves[0].labels}
    if fielding.sampled < 1:
        columns["fpc"] = "fpc"
    return label_design(waves[0], waves[1], DesignColumns(**columns))


def design_of_three(fielding: Fielding, third: Fielding) -> Design:
    """Both waves of a fielding, and after them the later one of another, nobody in two of them."""
    waves = [_labelled_wave(fielding, 0), _labelled_wave(fielding, 1), _labelled_wave(third, 1)]
    if fielding.blocks:
        blocks = np.char.add("third ", waves[2].labels["psu"])
        waves[2] = replace(waves[2], labels={"psu": blocks})
    return label_waves(waves, ("1", "2", "3"), DesignColumns(**{r: r for r in waves[0].labels}))


def design_of_areas(here: Fielding, there: Fielding) -> Design:
    """Both waves where the initiative is, then both where it is not: the place is the stratum."""
    waves = [
        _placed(_labelled_wave(fielding, wave), place)
        for place, fielding in (("here", here), ("there", there))
        for wave in (0, 1)
    ]
    columns = {role: role for role in waves[0].labels}
    return label_waves(waves, SAMPLES, DesignColumns(**columns))


def _placed(wave: Wave, place: str) -> Wave:
    labels = {role: np.char.add(f"{place} ", own) for role, own in wave.labels.items()}
    return replace(wave, labels={**labels, "stratum": np.full(wave.n, place)})


def _link(fielding: Fielding, log_weight: FloatArray, rest: FloatArray) -> None:
    first, linked = fielding.sizes[0], fielding.linked
    again = slice(first, first + linked)
    kept = LIKENESS_OVER_TIME
    log_weight[:, again] = log_weight[:, :linked]
    rest[:, again] = kept * rest[:, :linked] + math.sqrt(1 - kept**2) * rest[:, again]


def _with_blocks(fielding: Fielding, rest: FloatArray, rng: np.random.Generator) -> FloatArray:
    k = fielding.blocks
    before, after = rng.normal(size=(2, len(rest), k))
    if fielding.same_blocks:
        kept = BLOCK_LIKENESS_OVER_TIME
        after = kept * before + math.sqrt(1 - kept**2) * after
    blocks = [_block_of(fielding, place) for place in (0, 1)]
    of_block = np.concatenate([before[:, blocks[0]], after[:, blocks[1]]], axis=1)
    return math.sqrt(fielding.likeness) * of_block + math.sqrt(1 - fielding.likeness) * rest


def _block_of(fielding: Fielding, place: int) -> IntArray:
    """Blocks of one size, or uneven: the largest holds about eight times as many as the last."""
    n, k = fielding.sizes[place], fielding.blocks
    size = 2.0 ** (-np.arange(k) / (k / 3.3)) if fielding.uneven_blocks else np.ones(k)
    bounds = np.round(n * np.cumsum(size) / size.sum()).astype(np.int64)
    return np.searchsorted(bounds, np.arange(n), side="right").astype(np.int64)


def _answers(answer: Answer, trait: FloatArray, rng: np.random.Generator) -> FloatArray:
    thresholds = np.array(THRESHOLDS[answer])
    if answer != "scale":
        found = np.searchsorted(thresholds, trait).astype(np.float64)
        return found if answer == "share" else 1 + found
    total = np.zeros(trait.shape)
    for _ in range(ITEMS_OF_A_SCALE):
        own = rng.normal(size=trait.shape)
        latent = math.sqrt(SHARED_BY_ITEMS) * trait + math.sqrt(1 - SHARED_BY_ITEMS) * own
        total += 1 + np.searchsorted(thresholds, latent)
    return total / ITEMS_OF_A_SCALE


def _labelled_wave(fielding: Fielding, place: int) -> Wave:
    n = fielding.sizes[place]
    labels: dict[str, LabelArray] = {}
    if fielding.blocks:
        prefix = "same" if fielding.same_blocks else str(place)
        blocks = _block_of(fielding, place)
        labels["psu"] = np.array([f"{prefix}-{block}" for block in blocks])
    if fielding.linked:
        labels["person_code"] = np.array([str(i) if i < fielding.linked else "" for i in range(n)])
    if fielding.strata > 1:
        labels["stratum"] = np.array([str(i % fielding.strata) for i in range(n)])
    fpc = None
    if fielding.sampled < 1:
        fpc = np.full(n, float(round((fielding.blocks or n) / fielding.sampled)))
    return Wave(n=n, coded={}, numeric={}, weight=None, labels=labels, fpc=fpc)
