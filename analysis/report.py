"""The `computed` document: everything a report says, unrounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from analysis import __version__
from analysis.areas.section import areas_section
from analysis.areas.split import split_waves
from analysis.bundle import Bundle
from analysis.codebook import Codebook, Scale, match_codebooks
from analysis.compare import Compared, compare_outcomes
from analysis.dataset import Wave
from analysis.design import Design, label_design
from analysis.distributions import distributions_of
from analysis.exclusions import read_eligible
from analysis.gaps.section import interactions_section
from analysis.grade import grade_of
from analysis.groups import people_by_area
from analysis.guard import Guarded, guard, held_back
from analysis.guard.finding import Finding
from analysis.guard.pair import WavePair
from analysis.guard.words import because_of, tell_finding
from analysis.interactions import interactions_of
from analysis.narrative import Shown, leaves_zero_out, narrate
from analysis.outcomes import Measure, Outcome
from analysis.plain import plain
from analysis.plan import Plan, read_plan
from analysis.probability import LEVEL
from analysis.questions import questions_of, questions_section
from analysis.reanalyses import Reanalysis, reanalyses_of
from analysis.refusals import NotEstimable
from analysis.scale_quality import ScaleQuality, quality_section, scale_quality
from analysis.sensitivity import Fieldwork, Sensitivity, sensitivity_of, sensitivity_section
from analysis.sentences import Grade
from analysis.tally import dot
from analysis.trends.section import ComparedWaves, trend_section
from analysis.variance import DEFAULT, variance_named
from analysis.variance.protocol import Variance
from analysis.weighted_waves import WeightedWaves, weigh

SCHEMA: Final = "rapport.comparison/1"

Key = tuple[str, Measure]


def compare_files(
    codebook: Codebook,
    before: str,
    after: str,
    *,
    codebook_before: Codebook | None = None,
    plan: Mapping[str, Any] | None = None,
    variance: str | None = None,
    initiative: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What changed between two files of answers?

    before, after: CSV text (see `read_wave`). codebook: of the after wave, and of both unless
    `codebook_before` is given. The rest as in `compare_bundle`.
    """
    bundle = Bundle(codebook_before or codebook, codebook, before, after, plan, initiative)
    return compare_bundle(bundle, variance=variance)


def compare_bundle(bundle: Bundle, *, variance: str | None = None) -> dict[str, Any]:
    """What changed between the two waves of a bundle?

    Only columns that mean the same in both waves are compared (`match_codebooks`). Where the plan
    names comparison areas, all but the section `areas` is about the other ones; `trend` tells of
    the bundle's earlier waves. plan: see `read_plan`; None takes the default plan. variance:
    `jackknife` or `taylor`; it wins over the plan's. initiative: see `compute_report`.
    Returns the `computed` document.
    Refuses what `match_codebooks`, `read_wave`, `read_plan`, `split_waves` and `label_design`
    refuse.
    """
    own = bundle.codebook_before, bundle.codebook_after
    shared = match_codebooks(*own)
    checked = read_plan(bundle.plan, shared)
    every = {v.id for book in own for v in book.variables}
    first = read_eligible("before", bundle.responses_before, own[0], checked, ignored=every)
    second = read_eligible("after", bundle.responses_after, own[1], checked, ignored=every)
    areas = checked.comparison_areas
    split = areas and split_waves((first, second), own, checked, areas, ignored=every)
    waves = split.initiative if split else (first.wave, second.wave)
    document = compute_report(
        *waves, shared, checked, variance=variance, initiative=bundle.initiative, own=own
    )
    excluded = {"before": first.n_excluded, "after": second.n_excluded}
    method = variance_named(document["variance"])
    compared = ComparedWaves(waves, own, shared, checked, method, every, document)
    return {
        **document,
        "excluded": excluded if checked.exclusions else None,
        "areas": areas_section(split, shared, checked, method, document) if split else None,
        "trend": trend_section(compared, bundle.earlier),
    }


def compute_report(
    before: Wave,
    after: Wave,
    codebook: Codebook,
    plan: Plan,
    *,
    variance: str | None = None,
    initiative: Mapping[str, Any] | None = None,
    own: tuple[Codebook, Codebook] | None = None,
) -> dict[str, Any]:
    """Everything a report says about two waves, unrounded, as one JSON-ready document.

    before, after: waves read under the plan's columns; codebook: columns both waves have; own:
    each wave's whole codebook (None: it is `codebook`), for what changed between them.
    variance: wins over the plan's; default `jackknife`. initiative: passed through; of it,
    `sampling` ("probability" or not), `recruitment` and `modes`, each with `before` and `after`,
    decide the grade, with `languages` what is said of fairness, and `labels` name the waves. What
    cannot be estimated is
    {"not_estimable": reason}.
    Refuses what `label_design` and the variance refuse.
    """
    name = variance or plan.variance or DEFAULT
    found = _judged((before, after), codebook, plan, variance_named(name), initiative or {}, own)
    equal_weights = found.fieldwork.design.equal_weights
    grade = grade_of(initiative or {}, equal_weights=equal_weights, planned=plan.sampling)
    tell = _Telling(codebook, grade, found.guarded.blocked_by, found.disputed)
    return {
        "schema": SCHEMA,
        "document": "computed",
        "code_version": __version__,
        "instrument": _instrument(codebook),
        "initiative": initiative,
        "waves": _waves(before, after, initiative or {}),
        "excluded": None,
        "areas": None,
        "trend": None,
        "plan": _plan(plan, found.compared),
        "design": _design(found.fieldwork.design),
        "variance": name,
        "level": LEVEL,
        "grade": grade,
        "scales": [_scale(s) for s in codebook.scales],
        **_found(found, tell),
    }


def _found(found: _Judged, tell: _Telling) -> dict[str, Any]:
    guarded, fieldwork = found.guarded, found.fieldwork
    waves, plan, design = (fieldwork.before, fieldwork.after), fieldwork.plan, fieldwork.design
    interactions = interactions_of(*waves, fieldwork.codebook, plan, design, fieldwork.variance)
    comparisons = [tell.comparison(c) for c in guarded.compared]
    return {
        "weighting": found.weighted.section,
        "distributions": found.distributions,
        "findings": [_finding(f) for f in guarded.findings],
        "comparisons": comparisons,
        "withheld": [],
        "people_by_area": people_by_area(*waves, plan),
        "interactions": interactions_section(interactions, comparisons),
        "scale_quality": [quality_section(quality) for quality in found.qualities],
        "reanalyses": [tell.reanalysis(r) for r in found.again],
        "sensitivity": [
            {"outcome": outcome, "measure": measure, **sensitivity_section(sensitivity)}
            for (outcome, measure), sensitivity in found.sensitivities.items()
        ],
        "questions": questions_section(questions_of(guarded.compared, fieldwork)),
    }


@dataclass(frozen=True, slots=True)
class _Judged:
    """All that a document tells, before it is told. again: the headline, done otherwise."""

    weighted: WeightedWaves
    fieldwork: Fieldwork
    compared: list[Compared]
    qualities: list[ScaleQuality]
    distributions: list[dict[str, Any]]
    guarded: Guarded
    again: list[Reanalysis]
    sensitivities: Mapping[Key, Sensitivity]

    @property
    def disputed(self) -> frozenset[Key]:
        """Main outcomes of which another analysis says something else."""
        by_method = {key for key, found in self.sensitivities.items() if found.depends_on_method}
        return frozenset(by_method | {_key(r.compared) for r in self.again if r.agrees is False})


def _judged(
    waves: tuple[Wave, Wave],
    codebook: Codebook,
    plan: Plan,
    variance: Variance,
    initiative: Mapping[str, Any],
    own: tuple[Codebook, Codebook] | None,
) -> _Judged:
    weighted = weigh(*waves, codebook, plan)
    design = label_design(*weighted.waves, plan.columns, plan.lonely_psu)
    variance.check(design)
    fieldwork = Fieldwork(*weighted.waves, codebook, plan, design, variance)
    compared = compare_outcomes(*weighted.waves, codebook, plan, design, variance)
    qualities = [scale_quality(*weighted.waves, scale, codebook) for scale in codebook.scales]
    if weighted.withheld:
        compared = [replace(c, verdict=weighted.withheld) for c in compared]
    distributions = distributions_of(*weighted.waves, codebook, design)
    pair = WavePair(
        *weighted.waves,
        shared=codebook,
        own=own or (codebook, codebook),
        plan=plan,
        design=design,
        variance=variance,
        distributions=distributions,
        initiative=initiative,
    )
    guarded = guard(pair, compared)
    again = reanalyses_of(compared, weighted, qualities, codebook, plan, variance)
    return _Judged(
        weighted=weighted,
        fieldwork=fieldwork,
        compared=compared,
        qualities=qualities,
        distributions=distributions,
        guarded=guarded,
        again=[*again, *guarded.again],
        sensitivities={
            _key(c): sensitivity_of(c, fieldwork) for c in guarded.compared if c.family == "primary"
        },
    )


def _key(compared: Compared) -> Key:
    return compared.outcome.id, compared.outcome.measure


def _instrument(codebook: Codebook) -> dict[str, Any]:
    return {
        "id": codebook.instrument_id,
        "version": codebook.version,
        "content_hash": codebook.content_hash,
        "title": dict(codebook.title),
        "languages": list(codebook.languages),
    }


def _waves(before: Wave, after: Wave, initiative: Mapping[str, Any]) -> dict[str, Any]:
    labels = initiative.get("labels") or {}
    return {
        "before": {"label": labels.get("before", "before"), "n": before.n},
        "after": {"label": labels.get("after", "after"), "n": after.n},
    }


def _plan(plan: Plan, compared: Sequence[Compared]) -> dict[str, Any]:
    return {
        **plan.to_dict(),
        "source": plan.source,
        "hash": plan.content_hash(),
        "smallest_changes": [
            {
                "outcome": c.outcome.id,
                "measure": c.outcome.measure,
                "share_of": plain(c.outcome.share_of),
                **_smallest_change(c),
            }
            for c in compared
            if c.group is None
        ],
    }


def _smallest_change(compared: Compared) -> dict[str, Any]:
    matters = compared.smallest_change
    if isinstance(matters, NotEstimable):
        return {"value": plain(matters), "source": "default", "rule": matters.reason}
    return {"value": matters.value, "source": matters.source, "rule": matters.rule}


def _design(design: Design) -> dict[str, Any]:
    before, after = design.weight[: design.n_before], design.weight[design.n_before :]
    return {
        "psus": len(design.stratum_of_psu),
        "strata": len(design.psus_in_stratum),
        "respondent_is_psu": design.respondent_is_psu,
        "waves_share_psus": design.waves_share_psus,
        "equal_weights": design.equal_weights,
        "fpc": design.has_fpc,
        "n_eff": {
            wave: float(w.sum() ** 2 / dot(w, w))
            for wave, w in (("before", before), ("after", after))
        },
    }


def _scale(scale: Scale) -> dict[str, Any]:
    document = plain(scale)
    return {
        **{
            key: document[key] for key in ("id", "title", "low", "high", "ends", "items", "reverse")
        },
        "is_primary": scale.is_primary,
        "answers_needed": scale.answers_needed(),
        "top_box": document["top_box"],
    }


@dataclass(frozen=True, slots=True)
class _Telling:
    """How this document tells its comparisons.

    blocked_by: findings that take the verdict away. disputed: main outcomes whose verdict depends
    on the method.
    """

    codebook: Codebook
    grade: Grade
    blocked_by: tuple[str, ...]
    disputed: frozenset[Key]

    def comparison(self, compared: Compared, *, is_again: bool = False) -> dict[str, Any]:
        document = _comparison(compared, self.codebook)
        is_main = compared.family == "primary" and not is_again
        document["depends_on_method"] = is_main and _key(compared) in self.disputed
        is_blocked = compared.verdict == "not_comparable"
        document["because"] = because_of(self.blocked_by) if is_blocked else None
        is_held_back = leaves_zero_out(document["change"])
        sentences = narrate(document, self.grade, Shown(), is_held_back=is_held_back)
        return {**document, "sentence": sentences["en"], "sentences": sentences}

    def reanalysis(self, again: Reanalysis) -> dict[str, Any]:
        told = held_back(again) if self.blocked_by else again
        return {
            "why": told.why,
            "n_left_out": dict(zip(("before", "after"), told.n_left_out, strict=True)),
            "agrees": told.agrees,
            "comparison": self.comparison(told.compared, is_again=True),
        }


def _finding(finding: Finding) -> dict[str, Any]:
    document: dict[str, Any] = plain(finding)
    return {**document, **tell_finding(document, Shown())}


def _comparison(compared: Compared, codebook: Codebook) -> dict[str, Any]:
    outcome, comparison, matters = compared.outcome, compared.comparison, compared.smallest_change
    return {
        "outcome": outcome.id,
        "measure": outcome.measure,
        "share_of": _share_of(outcome, codebook),
        "group": plain(compared.group),
        "title": dict(outcome.title),
        "low": outcome.low,
        "high": outcome.high,
        "before": plain(comparison.before),
        "after": plain(comparison.after),
        "change": _change(compared),
        "effects": plain(comparison.effects),
        "smallest_change": plain(matters if isinstance(matters, NotEstimable) else matters.value),
        "higher_is_favourable": outcome.higher_is_favourable,
        "verdict": plain(compared.verdict),
    }


def _change(compared: Compared) -> dict[str, Any]:
    change = compared.comparison.change
    if isinstance(change, NotEstimable):
        return {**plain(change), "family": compared.family}
    document: dict[str, Any] = plain(change)
    return {**document, "p_adjusted": compared.p_adjusted, "family": compared.family}


def _share_of(outcome: Outcome, codebook: Codebook) -> dict[str, Any] | None:
    if outcome.share_of is None:
        return None
    variable = codebook.variable(outcome.share_of.variable)
    chosen = [c.label for c in variable.categories if c.code in outcome.share_of.codes]
    languages = [lang for lang in chosen[0] if all(lang in label for label in chosen)]
    return {
        "variable": outcome.share_of.variable,
        "codes": list(outcome.share_of.codes),
        "label": {lang: " / ".join(f"“{label[lang]}”" for label in chosen) for lang in languages},
    }
