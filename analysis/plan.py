"""What will be tested, and against what: fixed before the after wave opens."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal

from analysis.codebook import Codebook, canonical_json
from analysis.dataset import DesignColumns
from analysis.design import LONELY_PSU, LonelyPsu
from analysis.eligibility import ComparisonAreas, read_comparison_areas, read_exclusions
from analysis.grade import PROBABILITY, Sampling
from analysis.outcomes import Measure, Outcome, outcomes_of
from analysis.probability import LEVEL
from analysis.refusals import Refusal
from analysis.variance import variance_named
from analysis.weighting.planned import PlannedWeighting, read_weighting

MOST_PRIMARY: Final = 3
LEAST_SUPPRESSION: Final = 10
MOST_SUBGROUPS: Final = 8
MOST_CONFIRMATORY: Final = 4
SCHEMA: Final = "rapport.plan/1"
# What a plan may state and not change: one test, one estimand, in one direction-free form.
_FIXED: Final[Mapping[str, object]] = {
    "schema": SCHEMA,
    "level": LEVEL,
    "direction": "two_sided",
    "estimand": "change_of_the_population",
}
_DESIGN_KEYS: Final = tuple(f.name for f in fields(DesignColumns))
_KEYS: Final = (
    *_DESIGN_KEYS,
    "primary",
    "smallest_change",
    "sampling",
    "variance",
    "subgroups",
    "confirmatory_subgroups",
    "weighting",
    "exclusions",
    "comparison_areas",
    "contrasts",
    "suppress_below",
    "lonely_psu",
    *_FIXED,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """`smallest_changes` holds what the plan itself says; the rest follows the default rule."""

    primary: tuple[tuple[str, Measure], ...]
    source: Literal["plan", "default"] = "plan"
    smallest_changes: Mapping[tuple[str, Measure], float] = field(default_factory=dict)
    columns: DesignColumns = field(default_factory=DesignColumns)
    variance: str | None = None
    subgroups: tuple[str, ...] = ()
    confirmatory_subgroups: tuple[str, ...] = ()
    weighting: PlannedWeighting | None = None
    exclusions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    comparison_areas: ComparisonAreas | None = None
    contrasts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    suppress_below: int = LEAST_SUPPRESSION
    lonely_psu: LonelyPsu = "refuse"
    sampling: Sampling | None = None

    def to_dict(self) -> dict[str, Any]:
        """The plan in full, as `read_plan` takes it."""
        changes: dict[str, dict[str, float]] = {}
        for (outcome, measure), amount in self.smallest_changes.items():
            changes.setdefault(outcome, {})[measure] = amount
        document: dict[str, Any] = {
            "primary": [{"outcome": o, "measure": m} for o, m in self.primary],
            "smallest_change": changes,
            "subgroups": list(self.subgroups),
            "confirmatory_subgroups": list(self.confirmatory_subgroups),
            "weighting": self.weighting.to_dict() if self.weighting else None,
            "exclusions": {name: list(codes) for name, codes in self.exclusions.items()},
            "comparison_areas": {self.comparison_areas.column: list(self.comparison_areas.levels)}
            if self.comparison_areas
            else {},
            "contrasts": {name: list(weights) for name, weights in self.contrasts.items()},
            "suppress_below": self.suppress_below,
            "lonely_psu": self.lonely_psu,
            **_FIXED,
            **self.columns.named(),
        }
        said = {"variance": self.variance, "sampling": self.sampling}
        return document | {key: value for key, value in said.items() if value}

    def content_hash(self) -> str:
        """One hash for one content, whatever the order of the keys."""
        return hashlib.sha256(canonical_json(self.to_dict()).encode()).hexdigest()


def read_plan(document: Mapping[str, Any] | None, codebook: Codebook) -> Plan:
    """Which outcomes lead, which change matters, and which columns carry the design?

    Keys (all optional): `primary` (at most 3 scale or question ids, or {outcome, measure});
    `smallest_change` ({id: amount} or {id: {mean: amount, share: amount}}; means in points of the
    answer scale, shares as proportions, 0.05 = 5 percentage points); `weight`, `stratum`, `psu`,
    `person_code`, `area`, `fpc`, `ssu`, `ssu_fpc` (column names, see `DesignColumns`); `variance`;
    `sampling` (`probability`: in every wave each person had a known chance above zero to be asked);
    `subgroups` (at most 8 background columns), of them `confirmatory_subgroups` (at most 4: their
    interaction with the wave is tested as planned, the others' as exploratory); `weighting` (see
    `read_weighting`); `exclusions` ({column: [codes]}: people outside the population);
    `comparison_areas` ({column: [levels]}: areas without the initiative, by codes of a question or
    by names in the `area` column); `contrasts` ({name: [coefficients]}, one a wave, for three waves
    and more); `suppress_below` (10 or more); `lonely_psu`. Stated and fixed:
    `schema`, `level` (0.95), `direction` (two_sided), `estimand` (change_of_the_population: never
    "the same people improved"). No document: `default_plan`.

    Refuses (`Refusal`): unknown keys, outcomes, measures, levels or columns, more than 3 primary
    outcomes, amounts that are not above zero, another level, a threshold under 10.

    >>> from analysis.codebook import Codebook
    >>> read_plan({"primry": []}, Codebook("demo", 1, "", {}, (), ()))
    Traceback (most recent call last):
    analysis.refusals.Refusal: plan: unknown key 'primry'; known keys: primary, smallest_change, ...
    """
    if document is None:
        return default_plan(codebook)
    if not isinstance(document, Mapping):
        raise Refusal("plan: it must be a mapping of keys to values")
    _refuse_unknown_keys(document)
    _check_fixed(document)
    known = {(o.id, o.measure): o for o in outcomes_of(codebook)}
    primary = _primary(document.get("primary"), known, codebook)
    subgroups = _subgroups(document, codebook)
    return Plan(
        primary=primary,
        smallest_changes=_smallest_changes(document.get("smallest_change", {}), known),
        columns=_columns(document, codebook),
        variance=_variance(document),
        subgroups=subgroups,
        confirmatory_subgroups=_confirmatory(document, subgroups),
        weighting=read_weighting(document.get("weighting"), codebook),
        exclusions=read_exclusions(document, codebook),
        comparison_areas=read_comparison_areas(document, codebook),
        contrasts=_contrasts(document.get("contrasts") or {}),
        suppress_below=_suppress_below(document),
        lonely_psu=_lonely_psu(document),
        sampling=_sampling(document),
    )


def default_plan(codebook: Codebook) -> Plan:
    """Without a plan: the codebook's primary scale leads, else its first scale, else first item."""
    scales = sorted(codebook.scales, key=lambda s: not s.is_primary)
    if scales:
        return Plan(primary=((scales[0].id, "mean"),), source="default")
    for outcome in outcomes_of(codebook):
        if _is_single(outcome, codebook):
            return Plan(primary=((outcome.id, outcome.measure),), source="default")
    return Plan(primary=(), source="default")


def _refuse_unknown_keys(document: Mapping[str, Any]) -> None:
    for key in document:
        if key not in _KEYS:
            known = ", ".join(sorted(_KEYS, key=lambda k: k in _DESIGN_KEYS))
            raise Refusal(f"plan: unknown key {key!r}; known keys: {known}")


def _check_fixed(document: Mapping[str, Any]) -> None:
    for key, fixed in _FIXED.items():
        if document.get(key, fixed) != fixed:
            raise Refusal(f"plan: {key} is {document[key]!r}; it is fixed at {fixed}")


def _primary(
    given: object, known: Mapping[tuple[str, Measure], Outcome], codebook: Codebook
) -> tuple[tuple[str, Measure], ...]:
    if given is None:
        return default_plan(codebook).primary
    entries = given if isinstance(given, list | tuple) else [given]
    if not 0 < len(entries) <= MOST_PRIMARY:
        raise Refusal(f"plan: primary names {len(entries)} outcomes; name 1 to {MOST_PRIMARY}")
    chosen = tuple(_primary_entry(entry, known, codebook) for entry in entries)
    for entry in chosen:
        if chosen.count(entry) > 1:
            raise Refusal(f"plan: primary names {entry[0]!r} ({entry[1]}) twice; name it once")
    return chosen


def _primary_entry(
    entry: object, known: Mapping[tuple[str, Measure], Outcome], codebook: Codebook
) -> tuple[str, Measure]:
    named: Mapping[str, object] = entry if isinstance(entry, Mapping) else {"outcome": entry}
    unknown = set(named) - {"outcome", "measure"}
    if unknown or "outcome" not in named:
        raise Refusal(f"plan: primary entry {entry!r} must have outcome, and may have measure")
    outcome = named["outcome"]
    measures = [m for o, m in known if o == outcome]
    if not measures:
        raise Refusal(f"plan: unknown outcome {outcome!r} under primary; {_outcomes(known)}")
    measure = named.get("measure", measures[0])
    if measure not in measures:
        raise Refusal(
            f"plan: outcome {outcome!r} has no measure {measure!r}; it has {', '.join(measures)}"
        )
    found = next(o for (name, m), o in known.items() if (name, m) == (outcome, measure))
    if not _is_single(found, codebook):
        raise Refusal(
            f"plan: {outcome!r} has one share a category and cannot lead; choose a scale, or an "
            "item with two answers or ordered ones"
        )
    return found.id, found.measure


def _is_single(outcome: Outcome, codebook: Codebook) -> bool:
    """A nominal item comes to several shares, so it has no one change to lead with."""
    if outcome.share_of is None:
        return True
    return codebook.variable(outcome.share_of.variable).level != "nominal"


def _smallest_changes(
    given: object, known: Mapping[tuple[str, Measure], Outcome]
) -> dict[tuple[str, Measure], float]:
    if not isinstance(given, Mapping):
        raise Refusal(
            "plan: smallest_change must map an outcome to an amount, such as {trust: 0.2}"
        )
    amounts: dict[tuple[str, Measure], float] = {}
    for outcome, amount in given.items():
        measures = [m for o, m in known if o == outcome]
        if not measures:
            raise Refusal(
                f"plan: unknown outcome {outcome!r} in smallest_change; {_outcomes(known)}"
            )
        by_measure = amount if isinstance(amount, Mapping) else {measures[0]: amount}
        for measure, number in by_measure.items():
            if measure not in measures:
                raise Refusal(
                    f"plan: smallest_change of {outcome!r} names the measure {measure!r}; it has "
                    f"{', '.join(measures)}"
                )
            amounts[outcome, measures[measures.index(measure)]] = _amount(outcome, measure, number)
    return amounts


def _amount(outcome: str, measure: str, number: object) -> float:
    where = f"plan: smallest_change of {outcome!r} ({measure}) is {number!r}"
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise Refusal(f"{where}; it must be a number")
    if not math.isfinite(number) or number <= 0:
        raise Refusal(f"{where}; it must be above zero")
    if measure == "share" and number >= 1:
        raise Refusal(f"{where}; write a proportion, 0.05 for 5 percentage points")
    return float(number)


def _columns(document: Mapping[str, Any], codebook: Codebook) -> DesignColumns:
    names = {key: document[key] for key in _DESIGN_KEYS if document.get(key) is not None}
    for key, name in names.items():
        if not isinstance(name, str) or not name:
            raise Refusal(f"plan: {key} is {name!r}; it must be the name of a column")
    numeric = {"weight", "fpc", "ssu_fpc"} & names.keys()
    for key in numeric:
        if any(v.id == names[key] and v.role == "item" for v in codebook.variables):
            raise Refusal(f"plan: {key} names {names[key]!r}, which is a question; name a column")
    return DesignColumns(**names)


def _variance(document: Mapping[str, Any]) -> str | None:
    name = document.get("variance")
    if name is not None:
        variance_named(name)
    return name


def _sampling(document: Mapping[str, Any]) -> Sampling | None:
    given = document.get("sampling")
    if given is None:
        return None
    if given != PROBABILITY:
        raise Refusal(
            f"plan: sampling is {given!r}; it is {PROBABILITY!r} where everybody had a known "
            "chance to be asked in every wave, and else it is left out"
        )
    return PROBABILITY


def _subgroups(document: Mapping[str, Any], codebook: Codebook) -> tuple[str, ...]:
    given = document.get("subgroups") or []
    if not isinstance(given, list | tuple) or len(given) > MOST_SUBGROUPS:
        raise Refusal(f"plan: subgroups must be a list of at most {MOST_SUBGROUPS} columns")
    allowed = [v.id for v in codebook.variables if v.valid_codes]
    area = document.get("area")
    allowed += [area] if isinstance(area, str) and area not in allowed else []
    for name in given:
        if name not in allowed:
            raise Refusal(
                f"plan: unknown subgroup {name!r}; choose coded columns: {', '.join(allowed)}"
            )
    return tuple(dict.fromkeys(given))


def _confirmatory(document: Mapping[str, Any], subgroups: Sequence[str]) -> tuple[str, ...]:
    given = document.get("confirmatory_subgroups") or []
    if not isinstance(given, list | tuple) or len(given) > MOST_CONFIRMATORY:
        raise Refusal(
            f"plan: confirmatory_subgroups must be a list of at most {MOST_CONFIRMATORY} columns"
        )
    for name in given:
        if name not in subgroups:
            raise Refusal(
                f"plan: confirmatory_subgroups names {name!r}, which is not among the subgroups; "
                "name it there too"
            )
    return tuple(dict.fromkeys(given))


def _contrasts(given: object) -> dict[str, tuple[float, ...]]:
    if not isinstance(given, Mapping):
        raise Refusal(
            "plan: contrasts must map a name to coefficients, such as {later: [-1, 0, 1]}"
        )
    for name, weights in given.items():
        if not isinstance(weights, list | tuple) or not all(map(_is_finite, weights)):
            raise Refusal(f"plan: contrasts: {name!r} must be a list of numbers, one a wave")
    return {str(name): tuple(map(float, weights)) for name, weights in given.items()}


def _is_finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


def _suppress_below(document: Mapping[str, Any]) -> int:
    number = document.get("suppress_below", LEAST_SUPPRESSION)
    if isinstance(number, bool) or not isinstance(number, int) or number < LEAST_SUPPRESSION:
        raise Refusal(
            f"plan: suppress_below is {number!r}; it may be raised above {LEAST_SUPPRESSION}, "
            "never lowered"
        )
    return number


def _lonely_psu(document: Mapping[str, Any]) -> LonelyPsu:
    given = document.get("lonely_psu", "refuse")
    for known in LONELY_PSU:
        if given == known:
            return known
    raise Refusal(f"plan: lonely_psu is {given!r}; choose one of: {', '.join(LONELY_PSU)}")


def _outcomes(known: Mapping[tuple[str, Measure], Outcome]) -> str:
    ids = dict.fromkeys(o for o, _ in known)
    return f"the instrument has: {', '.join(ids)}"
