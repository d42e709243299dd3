"""The product's own comparison and verdict, made on every simulated pair of waves."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from multiprocessing import get_context
from typing import Final

import numpy as np

from analysis.comparisons import METHODS, Comparison, compare_waves
from analysis.comparisons.contrast import Change
from analysis.comparisons.difference import Domain
from analysis.comparisons.difference_in_differences import AreaComparison, compare_areas
from analysis.comparisons.trend import Omnibus, Trend, compare_trend
from analysis.dataset import FloatArray
from analysis.design import Design
from analysis.estimates import ESTIMATES
from analysis.guard.samples.sample_size import has_few_blocks
from analysis.guard.samples.uneven_waves import HIGHEST_RATE, false_rates
from analysis.influence import mean_influence
from analysis.multiplicity import holm
from analysis.outcomes import Measure
from analysis.refusals import NotEstimable
from analysis.variance import DEFAULT, variance_named
from analysis.verdict import SIGNIFICANCE, Evidence, Verdict, verdict_of
from tests.simulation.cells import TIMES, Cell
from tests.simulation.people import (
    Fielding,
    design_of,
    design_of_areas,
    design_of_three,
    draw_people,
)

SEED: Final = 20261121
NIGHTLY: Final = 20_000
AT_ONCE: Final = 500
WORKERS: Final = 2


@dataclass
class Tally:
    """How often, over the runs of one cell. The first outcome stands for coverage.

    newcombe: of shares in simple random samples, the interval that the report shows beside it.
    rose, fell, same: some main outcome was told so, Holm applied. labelled: the product flags the
    sizes of the waves or of their blocks.
    """

    runs: int = 0
    refused: int = 0
    change: int = 0
    after: int = 0
    newcombe: int = 0
    significant: int = 0
    rose: int = 0
    fell: int = 0
    same: int = 0
    labelled: int = 0
    n_eff: float = 0.0

    def rate(self, count: float) -> float:
        return count / self.runs

    def add(self, other: Tally) -> None:
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(other, f.name))


def monte_carlo_error(share: float, runs: int) -> float:
    return math.sqrt(share * (1 - share) / runs)


def run_cells(cells: Sequence[Cell], runs: int) -> dict[str, Tally]:
    """Every cell `runs` times, on two processes; the same numbers whatever runs beside."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        tallies = pool.map(run_cell, cells, [runs] * len(cells))
        return {cell.name: tally for cell, tally in zip(cells, tallies, strict=True)}


def run_cell(cell: Cell, runs: int) -> Tally:
    """Seeded by the cell's name, so that no other cell moves it."""
    rng = np.random.default_rng([SEED, zlib.crc32(cell.name.encode())])
    found = Tally()
    for first in range(0, runs, AT_ONCE):
        for run in _some_runs(cell, rng, min(AT_ONCE, runs - first)):
            found.add(_judged(cell, run))
    return found


def _some_runs(cell: Cell, rng: np.random.Generator, runs: int) -> Iterator[Run]:
    fielding = cell.fielding
    if cell.elsewhere is not None:
        return _runs_beside(fielding, cell.elsewhere, rng, runs)
    if cell.third is not None:
        return _runs_of_three(fielding, cell.third, rng, runs)
    if fielding.sampled < 1:
        return _runs_of_population(fielding, rng, runs)
    return _runs(fielding, design_of(fielding), rng, runs)


@dataclass(frozen=True)
class Run:
    """One pair of waves, compared: an entry a main outcome.

    judged: the changes that a verdict must hold over; None: those of the comparisons. told: changes
    that carry a verdict each, with their p. truth: change and level after, where they differ from
    run to run. p: of the test that must not fail too often.
    """

    comparisons: list[Comparison]
    is_labelled: bool
    judged: tuple[Change, ...] | None = None
    told: tuple[tuple[Change, float], ...] | None = None
    truth: tuple[float, float] | None = None
    p: float | None = None


def _runs(fielding: Fielding, design: Design, rng: np.random.Generator, runs: int) -> Iterator[Run]:
    drawn = draw_people(fielding, rng, runs)
    n, everyone = fielding.sizes[0], np.arange(sum(fielding.sizes))
    domain = Domain(everyone[:n], everyone[n:])
    variance = variance_named(DEFAULT)
    is_share = fielding.answer == "share"
    method = (
        (ESTIMATES["share"], METHODS["share"]) if is_share else (ESTIMATES["mean"], _no_effects)
    )
    for run in range(runs):
        weighted = design
        if drawn.weights is not None:
            weighted = replace(design, weight=drawn.weights[run], equal_weights=False)
        yield Run(
            [compare_waves(a[run], domain, weighted, variance, method) for a in drawn.answers],
            is_labelled=_is_labelled(drawn.answers[0][run], domain, weighted),
        )


def _runs_of_population(fielding: Fielding, rng: np.random.Generator, runs: int) -> Iterator[Run]:
    """By `taylor`: the jackknife takes no finite population. Its people are drawn each time."""
    design, variance = design_of(fielding), variance_named("taylor")
    everyone = fielding.population
    drawn = draw_people(everyone, rng, runs).answers[0]
    n, first = fielding.sizes[0], everyone.sizes[0]
    domain = Domain(np.arange(n), np.arange(n, sum(fielding.sizes)))
    name: Measure = "share" if fielding.answer == "share" else "mean"
    for answers in drawn:
        sample = np.concatenate([answers[:n], answers[first : first + fielding.sizes[1]]])
        found = compare_waves(sample, domain, design, variance, (ESTIMATES[name], _no_effects))
        before, after = float(answers[:first].mean()), float(answers[first:].mean())
        yield Run([found], has_few_blocks(design), truth=(after - before, after))


def _runs_of_three(
    fielding: Fielding, third: Fielding, rng: np.random.Generator, runs: int
) -> Iterator[Run]:
    """The slope stands in the place of the change; each contrast carries a verdict."""
    design, variance = design_of_three(fielding, third), variance_named(DEFAULT)
    drawn = [draw_people(one, rng, runs) for one in (fielding, third)]
    later = slice(third.sizes[0], None)
    ends = np.cumsum([0, *fielding.sizes, third.sizes[1]])
    rows = [np.arange(a, b) for a, b in pairwise(ends)]
    for run in range(runs):
        answers = np.concatenate([drawn[0].answers[0][run], drawn[1].answers[0][run, later]])
        weighted = design
        if drawn[0].weights is not None and drawn[1].weights is not None:
            weights = np.concatenate([drawn[0].weights[run], drawn[1].weights[run, later]])
            weighted = replace(design, weight=weights, equal_weights=False)
        outer = Domain(rows[0], rows[2])
        method = ESTIMATES["mean"], _no_effects
        found = compare_trend(answers, rows, TIMES, weighted, variance)
        assert isinstance(found, Trend)
        assert isinstance(found.omnibus, Omnibus)
        yield Run(
            [
                replace(
                    compare_waves(answers, outer, weighted, variance, method), change=found.slope
                )
            ],
            is_labelled=False,
            told=tuple((pair.change, pair.p_adjusted) for pair in found.contrasts),
            p=found.omnibus.p,
        )


def _runs_beside(
    here: Fielding, there: Fielding, rng: np.random.Generator, runs: int
) -> Iterator[Run]:
    """The difference of changes stands in the place of the change."""
    design, variance = design_of_areas(here, there), variance_named(DEFAULT)
    drawn = [draw_people(place, rng, runs) for place in (here, there)]
    ends = np.cumsum([0, *here.sizes, *there.sizes])
    rows = [np.arange(a, b) for a, b in pairwise(ends)]
    places = Domain(rows[0], rows[1]), Domain(rows[2], rows[3])
    method = ESTIMATES["mean"], _no_effects
    for run in range(runs):
        answers = np.concatenate([d.answers[0][run] for d in drawn])
        weighted = design
        if drawn[0].weights is not None and drawn[1].weights is not None:
            weights = np.concatenate([d.weights[run] for d in drawn if d.weights is not None])
            weighted = replace(design, weight=weights, equal_weights=False)
        own = compare_waves(answers, places[0], weighted, variance, method)
        found = compare_areas(answers, *places, weighted, variance)
        assert isinstance(found, AreaComparison)
        is_few = found.basis == "few_clusters"
        both = (found.difference, found.few_clusters) if is_few else (found.difference,)
        judged = tuple(change for change in both if isinstance(change, Change))
        yield Run([replace(own, change=found.difference)], is_few, judged)


def _is_labelled(answers: FloatArray, domain: Domain, design: Design) -> bool:
    waves = [mean_influence(answers, rows, design) for rows in (domain.before, domain.after)]
    before, after = (wave for wave in waves if not isinstance(wave, NotEstimable))
    return has_few_blocks(design) or max(false_rates(before, after, design)) > HIGHEST_RATE


def _no_effects(*_: object) -> Mapping[str, NotEstimable]:
    """Hedges' g costs more than all the rest, and nothing here asks for it."""
    return {}


def _judged(cell: Cell, run: Run) -> Tally:
    first = run.comparisons[0]
    if isinstance(first.change, NotEstimable) or isinstance(first.after, NotEstimable):
        return Tally(runs=1, refused=1)
    true_change, after = run.truth or (cell.true_change(), _level_after(cell))
    change, wave = first.change, first.after
    verdicts = set(_verdicts(run, cell.smallest_change))
    newcombe = first.effects.get("risk_difference")
    return Tally(
        runs=1,
        change=change.ci_low <= true_change <= change.ci_high,
        after=not isinstance(wave.ci_low, NotEstimable)
        and not isinstance(wave.ci_high, NotEstimable)
        and wave.ci_low <= after <= wave.ci_high,
        newcombe=newcombe is not None
        and not isinstance(newcombe, NotEstimable)
        and newcombe.ci_low <= true_change <= newcombe.ci_high,
        significant=(change.p if run.p is None else run.p) < SIGNIFICANCE,
        rose=any(v.startswith("rose") for v in verdicts),
        fell=any(v.startswith("fell") for v in verdicts),
        same="about_the_same" in verdicts,
        labelled=run.is_labelled,
        n_eff=wave.n_eff,
    )


def _level_after(cell: Cell) -> float:
    return (cell.third or cell.fielding).true_levels()[1]


def _verdicts(run: Run, smallest_change: float) -> Iterator[Verdict]:
    if run.told is not None:
        yield from (_over((change,), smallest_change, p) for change, p in run.told)
        return
    if run.judged is not None:
        yield _over(run.judged, smallest_change, run.judged[0].p)
        return
    changes = [c.change for c in run.comparisons if not isinstance(c.change, NotEstimable)]
    for change, p in zip(changes, holm([c.p for c in changes]), strict=True):
        yield _over((change,), smallest_change, p)


def _over(changes: Sequence[Change], smallest_change: float, p: float) -> Verdict:
    """What holds over all of these intervals together."""
    ci95 = min(c.ci_low for c in changes), max(c.ci_high for c in changes)
    ci90 = min(c.ci90_low for c in changes), max(c.ci90_high for c in changes)
    return verdict_of(Evidence(ci95, ci90, smallest_change, p))
