"""The main outcomes over all waves of an initiative, as the report of two of them tells it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from typing import Any, Final

from analysis.areas.split import initiative_part
from analysis.bundle import EarlierWave
from analysis.codebook import Codebook, CodebookError, match_codebooks
from analysis.dataset import Wave
from analysis.exclusions import read_eligible
from analysis.grade import grade_of
from analysis.outcomes import outcomes_of
from analysis.plan import Plan, read_plan
from analysis.refusals import NotEstimable, Refusal
from analysis.trends.document import waves_told
from analysis.trends.fieldwork import ManyWaves, labelled, with_weights
from analysis.trends.telling import Telling
from analysis.variance.protocol import Variance
from analysis.weighted_waves import WeightedWaves, sample_of, weigh
from analysis.weighting.wave_weights import Weighting, weigh_like

UNIT: Final = "month"
DAYS_IN_A_MONTH: Final = 30.4375  # a quarter of 1461 days, by 12
_PAIR: Final = ("before", "after")
_UNDATED: Final = NotEstimable("when each wave was fielded is not known")
_OTHER_OUTCOME: Final = NotEstimable("a main outcome was not asked alike in all waves")
_OTHER_AREA: Final = NotEstimable("the area was not asked alike in all waves")


@dataclass(frozen=True, slots=True)
class ComparedWaves:
    """The two waves that the report compares: as read, before weighting, and what tells of them.

    codebook: the columns that mean the same in both; own: each wave's whole codebook. ignored:
    columns of the files that no codebook needs to know. document: the computed one.
    """

    waves: tuple[Wave, Wave]
    own: tuple[Codebook, Codebook]
    codebook: Codebook
    plan: Plan
    variance: Variance
    ignored: Collection[str]
    document: Mapping[str, Any]

    @property
    def initiative(self) -> Mapping[str, Any]:
        return self.document["initiative"] or {}


def trend_section(compared: ComparedWaves, earlier: Sequence[EarlierWave]) -> dict[str, Any] | None:
    """How did the main outcomes move over all waves up to the after wave?

    As `compare_many`, but: main outcomes only; the waves that the report compares keep the weights
    they have there, and the others are brought to the same population levels; where the plan names
    comparison areas, the initiative's areas only. The pair that the report compares is left out of
    the contrasts, since the report leads with it. Time: months between the middles of fieldwork, by
    the initiative's `dates`.
    earlier: all other waves fielded before the after wave, in any order; None comes back without
    any. Refuses nothing: what cannot be told is {"not_estimable": reason}.
    """
    if not earlier:
        return None
    try:
        return _told(compared, earlier)
    except (Refusal, CodebookError) as refusal:
        return {"not_estimable": str(refusal)}


def _told(compared: ComparedWaves, earlier: Sequence[EarlierWave]) -> dict[str, Any]:
    many = _all_waves(compared, earlier)
    facts, document = compared.initiative, compared.document
    equal, planned = many.design.equal_weights, many.plan.sampling
    grade = grade_of(facts, equal_weights=equal, waves=many.names, planned=planned)
    amounts = {
        (c["outcome"], c["measure"]): c["smallest_change"]
        for c in document["comparisons"]
        if c["group"] is None
    }
    first, second = (many.names.index(name) for name in _PAIR)
    telling = Telling(many, grade, UNIT, amounts, elsewhere=(first, second))
    known = {(o.id, o.measure): o for o in outcomes_of(many.codebook)}
    return {
        "unit": UNIT,
        "waves": [
            {"name": name, **wave} for name, wave in zip(many.names, waves_told(many), strict=True)
        ],
        "grade": grade,
        "trends": telling.trends([known[key] for key in many.plan.primary]),
    }


def _all_waves(compared: ComparedWaves, earlier: Sequence[EarlierWave]) -> ManyWaves:
    books = {f"earlier_{i}": wave.codebook for i, wave in enumerate(earlier, 1)}
    texts = {f"earlier_{i}": wave.responses for i, wave in enumerate(earlier, 1)}
    books |= dict(zip(_PAIR, compared.own, strict=True))
    times = _months(compared.initiative, list(books))
    names = sorted(books, key=times.__getitem__)
    shared = reduce(match_codebooks, (books[name] for name in names))
    plan = _plan(compared, shared, len(names))
    weighted = weigh(*compared.waves, compared.codebook, compared.plan)
    if weighted.withheld:
        raise Refusal(weighted.withheld.reason)
    reading = _Reading(compared, shared, plan, weighted)
    others = reading.others({name: (texts[name], books[name]) for name in texts})
    waves = {**others, **dict(zip(_PAIR, weighted.waves, strict=True))}
    labels = compared.initiative.get("labels") or {}
    ordered = [waves[name] for name in names]
    return ManyWaves(
        names=tuple(names),
        labels=tuple(labels.get(name, name) for name in names),
        times=tuple(times[name] for name in names),
        waves=tuple(ordered),
        own=tuple(books[name] for name in names),
        codebook=shared,
        plan=plan,
        design=labelled(ordered, names, plan, compared.variance),
        variance=compared.variance,
        initiative=compared.initiative,
    )


def _plan(compared: ComparedWaves, shared: Codebook, k: int) -> Plan:
    """The part of the plan that a trend rests on, checked against what all waves asked."""
    plan = compared.plan
    known = {(o.id, o.measure) for o in outcomes_of(shared)}
    if not known.issuperset(plan.primary):
        raise Refusal(_OTHER_OUTCOME.reason)
    areas = plan.comparison_areas
    is_question = areas and any(v.id == areas.column for v in compared.codebook.variables)
    if areas and is_question and not any(v.id == areas.column for v in shared.variables):
        raise Refusal(_OTHER_AREA.reason)
    contrasts = {name: c for name, c in plan.contrasts.items() if len(c) == k}
    without = ("subgroups", "confirmatory_subgroups", "smallest_change", "comparison_areas")
    kept = {key: value for key, value in plan.to_dict().items() if key not in without}
    return read_plan({**kept, "contrasts": contrasts}, shared)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How the waves are read and weighed that the report does not compare."""

    compared: ComparedWaves
    shared: Codebook
    plan: Plan
    weighted: WeightedWaves

    def others(self, files: Mapping[str, tuple[str, Codebook]]) -> dict[str, Wave]:
        waves = {name: self._read(name, *file) for name, file in files.items()}
        weighting = self.weighted.weighting
        if self.plan.weighting is None or not isinstance(weighting, Weighting):
            return waves
        margins = [collapse.margin.variable for collapse in weighting.used]
        samples = {name: sample_of(wave, margins, self.shared) for name, wave in waves.items()}
        rule = self.plan.weighting.rule(self.shared)
        found = weigh_like(samples, weighting.used, rule)
        if isinstance(found, NotEstimable):
            raise Refusal(f"the population margins cannot be met ({found.reason})")
        return dict(zip(waves, with_weights([*waves.values()], [*waves], found), strict=True))

    def _read(self, name: str, text: str, codebook: Codebook) -> Wave:
        """Everyone whom the plan means; with comparison areas, who lives in the initiative's."""
        ignored = {*self.compared.ignored, *(v.id for v in codebook.variables)}
        eligible = read_eligible(name, text, codebook, self.plan, ignored=ignored)
        areas = self.compared.plan.comparison_areas
        if areas is None:
            return eligible.wave
        return initiative_part(name, eligible, codebook, self.plan, areas, ignored=ignored)


def _months(initiative: Mapping[str, Any], names: Sequence[str]) -> dict[str, float]:
    """From the middle of the first fieldwork to the middle of each."""
    dates = initiative.get("dates") or {}
    middles = {}
    for name in names:
        told = dates.get(name) or {}
        if not (told.get("first") and told.get("last")):
            raise Refusal(_UNDATED.reason)
        ends = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
        middles[name] = (ends[0].toordinal() + ends[1].toordinal()) / 2
    start = min(middles.values())
    return {name: (middle - start) / DAYS_IN_A_MONTH for name, middle in middles.items()}
