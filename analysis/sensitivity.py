"""The main outcomes compared in other ways: would another method have said something else?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np

from analysis.codebook import Codebook, Scale
from analysis.compare import Compared
from analysis.comparisons.difference import Domain
from analysis.comparisons.linked.attrition import Attrition, attrition
from analysis.comparisons.means.equivalence import Equivalence, equivalence
from analysis.comparisons.method import NO_CHANGE, Answers, Method, MethodComparison, OutcomeKind
from analysis.comparisons.methods import METHODS
from analysis.dataset import FloatArray, Wave, stacked
from analysis.design import Design, IntArray
from analysis.outcomes import Outcome, outcome_values
from analysis.phrases import phrase_in
from analysis.plain import plain
from analysis.plan import Plan
from analysis.refusals import NotEstimable
from analysis.sentences import LANGUAGES
from analysis.variance.protocol import Variance
from analysis.verdict import SIGNIFICANCE, Evidence, Verdict, verdict_of

Direction = Literal["rose", "fell", "none"]

# Fixed, so that one file has one p; the permutation test says how much another seed could change.
SEED: Final = 20_260_101


@dataclass(frozen=True, slots=True)
class SensitivityAnalysis:
    """A primary outcome by another method. `agrees`: None where either has no verdict."""

    method: Method
    found: MethodComparison | NotEstimable
    agrees: bool | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """All other analyses of one primary outcome, and how sure it is that nothing much changed.

    links: how many people can be recognised in both waves; None where the plan names no code.
    """

    analyses: tuple[SensitivityAnalysis, ...]
    equivalence: Equivalence | NotEstimable
    links: Attrition | NotEstimable | None

    @property
    def depends_on_method(self) -> bool:
        """Whether some other method says something else than the main one."""
        return any(analysis.agrees is False for analysis in self.analyses)


@dataclass(frozen=True, slots=True)
class _Said:
    """What the main analysis says before Holm's adjustment, and against which change."""

    verdict: Verdict
    smallest_change: float


@dataclass(frozen=True, slots=True)
class Fieldwork:
    """Both waves as they were compared, and under which plan."""

    before: Wave
    after: Wave
    codebook: Codebook
    plan: Plan
    design: Design
    variance: Variance


def sensitivity_of(compared: Compared, fieldwork: Fieldwork) -> Sensitivity:
    """Would another method have said something else about a primary outcome?

    Every method of the index that stands beside this kind of outcome (those for linked people only
    where the plan names a person code), and two one-sided tests against the smallest change that
    matters. A method agrees when it comes to the same verdict as the main analysis: in units of the
    outcome the same rule on its own intervals (and its own p under .05 where it has one), otherwise
    the same of rose, fell and neither. Both before Holm's adjustment, which does not depend on the
    method.
    What cannot be had carries its reason.
    """
    answers = answers_of(compared.outcome, fieldwork)
    kind = kind_of(compared.outcome, fieldwork.codebook)
    has_links = answers.person is not None
    listed = [m for m in METHODS if kind in m.beside and (has_links or not m.needs_links)]
    matters, change = compared.smallest_change, compared.comparison.change
    said = _said(compared)
    return Sensitivity(
        analyses=tuple(_analysis(method, answers, said) for method in listed),
        links=attrition(answers.pairs) if has_links else None,
        equivalence=matters
        if isinstance(matters, NotEstimable)
        else equivalence(change, matters.value),
    )


def kind_of(outcome: Outcome, codebook: Codebook) -> OutcomeKind:
    """Which methods stand beside an outcome's main analysis."""
    if outcome.measure == "share":
        return "share"
    if _scale_of(outcome, codebook) is not None:
        return "scale"
    return "numeric" if codebook.variable(outcome.id).level == "numeric" else "ordinal"


def answers_of(outcome: Outcome, fieldwork: Fieldwork, values: FloatArray | None = None) -> Answers:
    """The answers to an outcome (or these `values`) with all that some method asks for."""
    waves = fieldwork.before, fieldwork.after
    labels = fieldwork.before.labels
    return Answers(
        values=outcome_values(outcome, *waves, fieldwork.codebook) if values is None else values,
        domain=Domain(np.arange(waves[0].n), waves[0].n + np.arange(waves[1].n)),
        design=fieldwork.design,
        variance=fieldwork.variance,
        person=stacked(waves, "person_code") if "person_code" in labels else None,
        stratum=stacked(waves, "stratum") if "stratum" in labels else None,
        background=tuple(_levels(name, waves) for name in fieldwork.plan.subgroups),
        answered=_answered(outcome, waves, fieldwork.codebook),
        seed=SEED,
    )


def sensitivity_section(sensitivity: Sensitivity) -> dict[str, Any]:
    """As the document has it; analyses in the order of the index."""
    return {
        "equivalence": plain(sensitivity.equivalence),
        "links": _plain_links(sensitivity.links),
        "analyses": [plain_analysis(analysis) for analysis in sensitivity.analyses],
    }


def _said(compared: Compared) -> _Said | None:
    """None where the main analysis has no verdict, or may give none."""
    change, matters = compared.comparison.change, compared.smallest_change
    if isinstance(change, NotEstimable) or isinstance(matters, NotEstimable):
        return None
    if isinstance(compared.verdict, NotEstimable) or compared.verdict == "not_comparable":
        return None
    ci95, ci90 = (change.ci_low, change.ci_high), (change.ci90_low, change.ci90_high)
    return _Said(verdict_of(Evidence(ci95, ci90, matters.value)), matters.value)


def _analysis(method: Method, answers: Answers, said: _Said | None) -> SensitivityAnalysis:
    found = found_by(method, answers)
    if isinstance(found, NotEstimable) or said is None:
        return SensitivityAnalysis(method, found, None)
    return SensitivityAnalysis(method, found, _agrees(found, said))


def found_by(method: Method, answers: Answers) -> MethodComparison | NotEstimable:
    """What a method finds, or why it does not apply."""
    fit = method.applies(answers)
    return fit if isinstance(fit, NotEstimable) else method.compare(answers)


def _agrees(found: MethodComparison, said: _Said) -> bool:
    if found.unit == "outcome" and found.ci95 and found.ci90:
        own = Evidence(found.ci95, found.ci90, said.smallest_change, found.p)
        return verdict_of(own) == said.verdict
    return _direction(found) == _claim(said.verdict)


def _claim(verdict: Verdict) -> Direction:
    if verdict.startswith("rose"):
        return "rose"
    return "fell" if verdict.startswith("fell") else "none"


def _direction(found: MethodComparison) -> Direction:
    """What the method's own test claims: a p under .05 and the side on which it lies."""
    if found.p is None or found.p >= SIGNIFICANCE:
        return "none"
    if found.unit is None or found.estimate is None:
        return "rose" if (found.statistic or 0.0) > 0 else "fell"
    return "rose" if found.estimate > NO_CHANGE[found.unit] else "fell"


def _levels(name: str, waves: Sequence[Wave]) -> IntArray:
    """Each background answer a level, everything missing one level of its own."""
    if all(name in wave.coded for wave in waves):
        columns = [np.minimum(w.coded[name].index, w.coded[name].n_valid) for w in waves]
        return np.concatenate(columns).astype(np.int64)
    return np.unique(stacked(waves, "area"), return_inverse=True)[1].astype(np.int64)


def _answered(outcome: Outcome, waves: Sequence[Wave], codebook: Codebook) -> FloatArray | None:
    scale = _scale_of(outcome, codebook)
    if scale is None or outcome.measure == "share":
        return None
    items = [np.concatenate([w.coded[item].scores() for w in waves]) for item in scale.items]
    return np.asarray((~np.isnan(np.column_stack(items))).mean(axis=1))


def _scale_of(outcome: Outcome, codebook: Codebook) -> Scale | None:
    return next((scale for scale in codebook.scales if scale.id == outcome.id), None)


def plain_analysis(analysis: SensitivityAnalysis) -> dict[str, Any]:
    """An analysis as the document has it."""
    method, found = analysis.method, analysis.found
    head = {
        "method": method.name,
        "question": {lang: phrase_in(lang, method.question) for lang in LANGUAGES},
        "reference": method.reference,
        "agrees": analysis.agrees,
    }
    if isinstance(found, NotEstimable):
        return {**head, **plain(found)}
    ends = dict(zip(("ci_low", "ci_high"), found.ci95 or (None, None), strict=True))
    return {
        **head,
        "unit": found.unit,
        "no_change": None if found.unit is None else NO_CHANGE[found.unit],
        "estimate": found.estimate,
        **ends,
        "statistic": found.statistic,
        "df": found.df,
        "p": found.p,
        "n_before": found.n[0],
        "n_after": found.n[1],
        "figures": _numbers(found.figures),
        "counts": _numbers(found.counts),
    }


def _plain_links(links: Attrition | NotEstimable | None) -> dict[str, Any] | None:
    if links is None or isinstance(links, NotEstimable):
        return None if links is None else {"not_estimable": links.reason}
    lost = links.lost_less_retained
    return {
        "pairs": links.pairs,
        "share_of_before": links.share_of_before,
        "share_of_after": links.share_of_after,
        "lost_less_retained": plain(lost) if isinstance(lost, NotEstimable) else _plain_lost(lost),
    }


def _plain_lost(lost: MethodComparison) -> dict[str, Any]:
    low, high = lost.ci95 or (None, None)
    return {
        "estimate": lost.estimate,
        "ci_low": low,
        "ci_high": high,
        "p": lost.p,
        "n_retained": lost.n[0],
        "n_lost": lost.n[1],
    }


def _numbers(figures: Mapping[str, float]) -> dict[str, float]:
    return {name: float(number) for name, number in figures.items()}
