"""Both waves with the weights that the plan asks for, and what a document says of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from analysis.codebook import Codebook, Variable
from analysis.dataset import FloatArray, Wave
from analysis.plan import Plan
from analysis.refusals import NotEstimable
from analysis.weighting.collapse import Collapse
from analysis.weighting.composition import CompositionRow
from analysis.weighting.effective_size import (
    EffectiveSize,
    WeightJudgement,
    effective_size,
    judge_weights,
)
from analysis.weighting.planned import levels_in, tick_codes, weighting_variables
from analysis.weighting.trimming import UNMET_ABOVE
from analysis.weighting.wave_weights import (
    WaveSample,
    WaveWeights,
    Weighting,
    weigh_waves,
)

WAVES: Final = ("before", "after")
_NOBODY: Final = {"n": 0, "unweighted": 0.0, "base_weighted": 0.0, "target": 0.0, "weighted": 0.0}


@dataclass(frozen=True, slots=True)
class WeightedWaves:
    """`waves` carry the weights that every estimate uses: raked, or else the base weights.

    `weighting` is None without population margins, a refusal where they cannot be met. `section`
    is the document's; `withheld` says why no verdict may rest on these weights, None where one may.
    """

    waves: tuple[Wave, Wave]
    samples: tuple[WaveSample, WaveSample]
    weighting: Weighting | NotEstimable | None
    section: dict[str, Any] | None
    withheld: NotEstimable | None

    def of_those_who_gave_all(
        self, codebook: Codebook, plan: Plan
    ) -> SomeWeighted | NotEstimable | None:
        """Weighted anew without those who did not give a demographic; None without margins."""
        if plan.weighting is None or not isinstance(self.weighting, Weighting):
            return None
        used = [collapse.margin.variable for collapse in self.weighting.used]
        before, after = (sample.gave_all(used) for sample in self.samples)
        margins = [m for m in plan.weighting.margins(codebook) if m.variable in used]
        weighting = weigh_waves(
            self.samples[0].only(before),
            self.samples[1].only(after),
            margins,
            plan.weighting.rule(codebook),
        )
        if isinstance(weighting, NotEstimable):
            return weighting
        first = _with_weights(self.waves[0], before, weighting.before.weights)
        second = _with_weights(self.waves[1], after, weighting.after.weights)
        return SomeWeighted((first, second), (before, after))


@dataclass(frozen=True, slots=True)
class SomeWeighted:
    """Weights for some rows only: `rows`, one mask a wave; the others must stay outside."""

    waves: tuple[Wave, Wave]
    rows: tuple[NDArray[np.bool_], NDArray[np.bool_]]


def weigh(before: Wave, after: Wave, codebook: Codebook, plan: Plan) -> WeightedWaves:
    """Which weights does each respondent carry into every estimate?

    With margins in the plan: `weigh_waves`, from the base weights, both waves to the same
    population. Without: the base weights as they are. Weights with a design effect above 3, or
    worth fewer than 60 equal answers in a wave, carry no verdict (`judge_weights`).
    Refuses (`Refusal`): what `weigh_waves` refuses.
    """
    if plan.weighting is None:
        return _on_base_weights(before, after)
    margins = plan.weighting.margins(codebook)
    names = [margin.variable for margin in margins]
    samples = sample_of(before, names, codebook), sample_of(after, names, codebook)
    weighting = weigh_waves(*samples, margins, plan.weighting.rule(codebook))
    if isinstance(weighting, NotEstimable):
        reason = NotEstimable("the population margins could not be met in these samples")
        section = {"not_estimable": weighting.reason}
        return WeightedWaves((before, after), samples, weighting, section, reason)
    weighted = (
        replace(before, weight=weighting.before.weights),
        replace(after, weight=weighting.after.weights),
    )
    judged = [weighting.before.judgement, weighting.after.judgement]
    section = _section(weighting, codebook, plan)
    return WeightedWaves(weighted, samples, weighting, section, _withheld(judged))


def sample_of(wave: Wave, names: Sequence[str], codebook: Codebook) -> WaveSample:
    """A wave as the weighting takes it: base weights, and levels of the margins named."""
    return WaveSample(_base(wave), {name: levels_in(wave, name, codebook) for name in names})


def _with_weights(wave: Wave, rows: NDArray[np.bool_], weights: FloatArray) -> Wave:
    every = np.ones(wave.n)
    every[rows] = weights
    return replace(wave, weight=every)


def _section(weighting: Weighting, codebook: Codebook, plan: Plan) -> dict[str, Any]:
    parts = (weighting.before, weighting.after)
    targets = [_target(c, codebook) for c in weighting.used]
    return {
        "method": "raking" if len(weighting.used) > 1 else "poststratification",
        "bounds": _bounds(plan),
        "targets": targets,
        "left_out": [asdict(margin) for margin in weighting.left_out],
        "waves": {
            name: _wave(part.size, part.judgement)
            | {
                "trimmed_rounds": part.trimmed_rounds,
                "composition": _composition(part, weighting.used),
                "unmet": _unmet(part, targets),
            }
            for name, part in zip(WAVES, parts, strict=True)
        },
    }


def _on_base_weights(before: Wave, after: Wave) -> WeightedWaves:
    waves = (before, after)
    samples = WaveSample(_base(before), {}), WaveSample(_base(after), {})
    sizes = [effective_size(sample.base) for sample in samples]
    judged = [judge_weights(size) for size in sizes]
    section: dict[str, Any] | None = None
    if before.weight is not None:
        section = {
            "method": "base_weights",
            "bounds": None,
            "targets": [],
            "left_out": [],
            "waves": {
                name: _wave(size, judgement) | {"trimmed_rounds": 0, "composition": [], "unmet": []}
                for name, size, judgement in zip(WAVES, sizes, judged, strict=True)
            },
        }
    return WeightedWaves(waves, samples, None, section, _withheld(judged))


def _base(wave: Wave) -> FloatArray:
    return np.ones(wave.n) if wave.weight is None else wave.weight


def _bounds(plan: Plan) -> dict[str, float] | None:
    trim: dict[str, float] | None = plan.weighting.to_dict()["trim"] if plan.weighting else None
    return trim


def _withheld(judged: Sequence[WeightJudgement]) -> NotEstimable | None:
    """Told without a number of people: the sentence may be published as it stands."""
    blocked = {
        name: judgement
        for name, judgement in zip(WAVES, judged, strict=True)
        if judgement.outcome == "blocks"
    }
    if not blocked:
        return None
    reasons = "; ".join(f"{name}: {judgement.limit}" for name, judgement in blocked.items())
    return NotEstimable(f"the weights are too unequal for a weighted headline ({reasons})")


def _target(collapse: Collapse, codebook: Codebook) -> dict[str, Any]:
    """The population on one margin, levels as joined."""
    variable = _variable(collapse.margin.variable, codebook)
    codes = variable.valid_codes
    labels = {c.code: c.label for c in variable.categories}
    return {
        "variable": variable.id,
        "title": dict(variable.text),
        "ticks": tick_codes(variable.id, codebook),
        "levels": [
            {
                "codes": [codes[i] for i in group],
                "label": _joined_label([labels[codes[i]] for i in group]),
                "share": float(share),
            }
            for group, share in zip(collapse.groups, collapse.margin.shares, strict=True)
        ],
    }


def _variable(name: str, codebook: Codebook) -> Variable:
    return next(v for v in weighting_variables(codebook) if v.id == name)


def _joined_label(labels: Sequence[Mapping[str, str]]) -> dict[str, str]:
    languages = [lang for lang in labels[0] if all(lang in label for label in labels)]
    return {lang: " / ".join(label[lang] for label in labels) for lang in languages}


def _wave(size: EffectiveSize, judgement: WeightJudgement) -> dict[str, Any]:
    return {
        "n": size.n,
        "deff": size.deff,
        "n_eff": size.n_eff,
        "max_over_median": size.max_over_median,
        "judgement": judgement.outcome,
        "reason": judgement.limit,
    }


def _composition(part: WaveWeights, used: Sequence[Collapse]) -> list[dict[str, Any]]:
    """A margin an entry: its levels in the order of the targets, "not given" by itself."""
    rows = iter(part.composition)
    told = []
    for target, collapse in zip(part.targets, used, strict=True):
        own = [_row(next(rows)) for _ in target.labels]
        levels, silent = own[: len(collapse.groups)], own[len(collapse.groups) :]
        told.append(
            {
                "variable": target.variable,
                "levels": levels,
                "not_given": silent[0] if silent else dict(_NOBODY),
            }
        )
    return told


def _unmet(part: WaveWeights, targets: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Levels off their target; no code where it is "not given"."""
    codes = [
        codes
        for target, told in zip(part.targets, targets, strict=True)
        for codes in (*(level["codes"] for level in told["levels"]), [])[: len(target.labels)]
    ]
    return [
        {
            "variable": row.variable,
            "codes": level,
            "wanted": row.target,
            "reached": row.weighted,
        }
        for row, level in zip(part.composition, codes, strict=True)
        if abs(row.weighted - row.target) > UNMET_ABOVE
    ]


def _row(row: CompositionRow) -> dict[str, Any]:
    return {key: getattr(row, key) for key in _NOBODY}
