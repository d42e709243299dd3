"""Waves compared from sums of tallies: chunks of a file, databases, agencies, never all rows."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from analysis.codebook import Codebook, Text
from analysis.compare import Compared, adjusted, family_of, judged, smallest_change_of
from analysis.comparisons import METHODS
from analysis.comparisons.difference import Comparison
from analysis.comparisons.method import MethodComparison
from analysis.comparisons.shares.rao_scott import RaoScott
from analysis.dataset import Wave, read_wave
from analysis.design import Design, refuse_lonely
from analysis.estimates import ESTIMATES
from analysis.exclusions import left_out, read_eligible
from analysis.groups import Group
from analysis.outcomes import Outcome, outcomes_of
from analysis.plan import Plan
from analysis.refusals import NotEstimable, Refusal
from analysis.tally.answers import Source, countable, source_of, values_of
from analysis.tally.cells import Variable, cells_of
from analysis.tally.counted import Counted, compare_counted
from analysis.tally.counting import Leverage, LeverageScale, leverage_of_tally, tally_chunk
from analysis.tally.spreads import (
    counted_midrank_test,
    counted_odds_of_higher,
    counted_rao_scott,
)
from analysis.tally.table import EVERYONE, GroupKey, Tally
from analysis.tally.variances import COUNTED, Strata
from analysis.variance import variance_named
from analysis.variance.jackknife import Jackknife
from analysis.variance.protocol import Variance

ROWS_AT_ONCE: Final = 100_000
_WAVES = ("before", "after")
_CANCELS = NotEstimable("the sums cancel to nothing but rounding; only the rows can tell")


@dataclass(frozen=True, slots=True)
class WaveTally:
    """A tally for each item and scale of one wave (or of some of its people). They add up."""

    tallies: Mapping[str, Tally]

    def __add__(self, other: WaveTally) -> WaveTally:
        """Refuses (`Refusal`) tallies of other questions."""
        if self.tallies.keys() != other.tallies.keys():
            differ = ", ".join(sorted(self.tallies.keys() ^ other.tallies.keys()))
            raise Refusal(f"tallies of different questions do not add up: {differ}")
        return WaveTally(
            {name: tally + other.tallies[name] for name, tally in self.tallies.items()}
        )

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {name: tally.to_dict() for name, tally in self.tallies.items()}

    @staticmethod
    def from_dict(document: Mapping[str, Any]) -> WaveTally:
        """Refuses (`Refusal`) what `Tally.from_dict` refuses."""
        return WaveTally({name: Tally.from_dict(own) for name, own in document.items()})


def tally_wave(
    wave: Wave, codebook: Codebook, plan: Plan, *, keep_weights: bool = True
) -> WaveTally:
    """What must one know of a wave's answers (or of some of them) to compare them later?

    `tally_chunk` of every item and scale of the codebook, for everyone and the plan's subgroups, in
    the plan's strata. keep_weights: each distinct weight apart, which the jackknife asks for; with
    many distinct weights the tally grows as large as the answers, and False (taylor only) is right.
    Numbers are not counted.
    Refuses (`Refusal`): a plan with clusters, links, a finite population or weighting.
    """
    _refuse_what_needs_rows(plan)
    weight = np.ones(wave.n) if wave.weight is None else wave.weight
    names, number = ["all"], np.zeros(wave.n, dtype=np.int64)
    if "stratum" in wave.labels:
        found, number = np.unique(wave.labels["stratum"], return_inverse=True)
        names = found.tolist()
    variables: list[Variable] = [[(EVERYONE, np.arange(wave.n))]]
    variables += [_groups(name, wave) for name in plan.subgroups]
    cells = cells_of(weight, (names, number.astype(np.int32)), variables)
    cells = cells.keeping_weights() if keep_weights else cells
    tallies = {}
    for outcome in outcomes_of(codebook):
        source = source_of(outcome, codebook)
        if source.key not in tallies:
            column = countable(wave, source, codebook)
            if column is not None:
                tallies[source.key] = tally_chunk(column.categories, column.index, cells)
    return WaveTally(tallies)


def tally_lines(
    name: str,
    lines: Iterable[str],
    codebook: Codebook,
    plan: Plan,
    *,
    keep_weights: bool = True,
    rows_at_once: int = ROWS_AT_ONCE,
) -> WaveTally:
    """What must one know of a CSV file that is too large to hold, to compare it later?

    `tally_wave` of some rows at a time, without those whom the plan excludes. lines: as an open
    file gives them, the heading first; no cell may hold a line break. name: opens every message.
    Refuses (`Refusal`): what `read_wave` and `tally_wave` refuse; a file of which nobody is left.
    """
    rest = iter(lines)
    heading = next(rest, "")
    total: WaveTally | None = None
    for part, rows in enumerate(_parts(rest, rows_at_once)):
        if part and not "".join(rows).strip():
            continue
        first = part * rows_at_once + 2
        where = f"{name} (its row 2 is row {first:,} of the file)" if part else name
        wave = _eligible(where, "".join((heading, *rows)), codebook, plan)
        if wave is not None:
            own = tally_wave(wave, codebook, plan, keep_weights=keep_weights)
            total = own if total is None else total + own
    if total is None:
        raise Refusal(f"{name}: nobody is left after the plan's exclusions")
    return total


def _parts(lines: Iterator[str], rows_at_once: int) -> Iterator[list[str]]:
    """One at least, though it be empty: what reads it says what is missing."""
    yield list(itertools.islice(lines, rows_at_once))
    while rows := list(itertools.islice(lines, rows_at_once)):
        yield rows


def _eligible(name: str, text: str, codebook: Codebook, plan: Plan) -> Wave | None:
    """None where the plan leaves everyone out."""
    if plan.exclusions and left_out(read_wave(name, text, codebook, plan.columns), plan).all():
        return None
    return read_eligible(name, text, codebook, plan).wave


def compare_tallies(
    before: WaveTally, after: WaveTally, codebook: Codebook, plan: Plan, variance: str = "jackknife"
) -> list[Compared]:
    """What changed, for every item and scale and each subgroup, from tallies alone?

    `compare_outcomes` without the rows: the same numbers but for the last digits, the same families
    and verdicts, for all outcomes but numbers.
    Assumes what `compare_waves` assumes. Refuses (`Refusal`): what `tally_wave` and the design
    refuse; the jackknife from tallies that do not keep weights apart.
    Reference: Binder (1983), International Statistical Review 51:279-292. Checked against:
    `compare_outcomes` on the rows, cut into seven parts.
    """
    _refuse_what_needs_rows(plan)
    method = variance_named(variance)
    found: list[Compared] = []
    for outcome in outcomes_of(codebook):
        key = source_of(outcome, codebook).key
        if key not in before.tallies or key not in after.tallies:
            continue
        pair = _alike(before.tallies[key], after.tallies[key], method)
        found.extend(_compared(outcome, pair, codebook, plan, method))
    return [judged(c) for c in adjusted(found)]


def other_methods_of_tallies(
    name: str,
    before: WaveTally,
    after: WaveTally,
    codebook: Codebook,
    plan: Plan,
    variance: str = "jackknife",
) -> dict[str, MethodComparison | RaoScott | NotEstimable]:
    """What do ranks, odds and the spread over categories say of an item or a scale, from tallies?

    By the names of the methods: of an item `rao_scott`, of an ordered one `odds_of_higher` too, and
    of this and a scale `midrank_test`; for everyone. variance: of the ranks; the others linearise.
    Refuses (`Refusal`): what `compare_tallies` refuses; a name that was not counted.
    Reference: Lumley & Scott (2013), Biometrika 100:831-842; McCullagh (1980), JRSS B 42:109-142;
    Rao & Scott (1984), Annals of Statistics 12:46-60. Checked against: each on the rows, cut into
    parts.
    """
    _refuse_what_needs_rows(plan)
    source = Source(name, any(scale.id == name for scale in codebook.scales))
    if source.key not in before.tallies or source.key not in after.tallies:
        raise Refusal(
            f"{name!r} was not counted in both waves; tallies hold scales and coded items"
        )
    method = variance_named(variance)
    pair = _alike(before.tallies[source.key], after.tallies[source.key], method)
    design, strata = design_of(pair, plan)
    outcome = Outcome(name, "mean", {}, None, None, None)
    first, second = (
        _counted(tally, own, outcome, codebook) for tally, own in zip(pair, strata, strict=True)
    )
    is_ordinal = not source.is_scale and codebook.variable(name).level == "ordinal"
    found: dict[str, MethodComparison | RaoScott | NotEstimable] = {}
    if source.is_scale or is_ordinal:
        found["midrank_test"] = counted_midrank_test(first, second, design, COUNTED[type(method)])
    if is_ordinal:
        found["odds_of_higher"] = counted_odds_of_higher(first, second, design)
    if not source.is_scale:
        found["rao_scott"] = counted_rao_scott(first, second, design)
    return found


def _compared(
    outcome: Outcome, pair: tuple[Tally, Tally], codebook: Codebook, plan: Plan, variance: Variance
) -> Iterator[Compared]:
    design, strata = design_of(pair, plan)
    before, after = (
        _counted(tally, own, outcome, codebook) for tally, own in zip(pair, strata, strict=True)
    )
    method = ESTIMATES[outcome.measure], METHODS[outcome.measure]
    found = compare_counted(before, after, design, COUNTED[type(variance)], method)
    matters = smallest_change_of(outcome, found.baseline, plan)
    for key, comparison in zip(pair[0].axes.groups, found.groups, strict=True):
        group = None if key == EVERYONE else Group(*key, _label(key, codebook))
        yield Compared(
            outcome=outcome,
            group=group,
            comparison=comparison or Comparison(_CANCELS, _CANCELS, _CANCELS, {}),
            smallest_change=matters,
            family=family_of(outcome, group, plan),
        )


def _counted(tally: Tally, strata: Strata, outcome: Outcome, codebook: Codebook) -> Counted:
    def leverage(scale: LeverageScale) -> Leverage:
        return leverage_of_tally(tally, scale)

    return Counted(tally, values_of(outcome, tally.axes.categories, codebook), strata, leverage)


def design_of(pair: tuple[Tally, Tally], plan: Plan) -> tuple[Design, tuple[Strata, Strata]]:
    """The design as far as it needs no rows: people, strata and whether weights differ."""
    people = [tally.n[:, 0].sum(axis=(1, 2)).astype(np.int64) for tally in pair]
    names = [
        f"{wave} / {name}"
        for wave, tally in zip(_WAVES, pair, strict=True)
        for name in tally.axes.strata
    ]
    sizes = np.concatenate(people)
    refuse_lonely(sizes, tuple(names), plan.lonely_psu)
    nobody = np.zeros(0, dtype=np.int64)
    in_wave = len(people[0]), len(people[1])
    design = Design(
        wave_sizes=(int(people[0].sum()), int(people[1].sum())),
        weight=np.zeros(0),
        psu=nobody,
        stratum_of_psu=nobody,
        psus_in_stratum=sizes,
        sampling_fraction=np.zeros(len(sizes)),
        stratum_names=tuple(names),
        waves_share_psus=False,
        respondent_is_psu=True,
        person_is_psu=True,
        strata_in_wave=in_wave,
        equal_weights=all(len(tally.axes.weights) == 1 for tally in pair),
        lonely=plan.lonely_psu,
    )
    number = np.arange(len(sizes))
    return design, (Strata(design, number[: in_wave[0]]), Strata(design, number[in_wave[0] :]))


def _alike(before: Tally, after: Tally, variance: Variance) -> tuple[Tally, Tally]:
    """With the same groups, also where a wave has nobody in one."""
    if isinstance(variance, Jackknife) and not (before.axes.weights and after.axes.weights):
        raise Refusal(
            "the jackknife needs tallies that keep each weight apart; make them so, or set "
            "variance to taylor"
        )
    groups = tuple(dict.fromkeys((*before.axes.groups, *after.axes.groups)))
    return (
        before.with_room(before.axes._replace(groups=groups)),
        after.with_room(after.axes._replace(groups=groups)),
    )


def _groups(name: str, wave: Wave) -> Variable:
    if name in wave.coded:
        column = wave.coded[name]
        return [
            ((name, code), np.flatnonzero(column.index == place))
            for place, code in enumerate(column.codes[: column.n_valid])
        ]
    area = wave.labels["area"]
    return [((name, str(label)), np.flatnonzero(area == label)) for label in np.unique(area)]


def _label(key: GroupKey, codebook: Codebook) -> Text:
    variable, code = key
    if isinstance(code, str):
        return {"en": code}
    return next(c.label for c in codebook.variable(variable).categories if c.code == code)


def _refuse_what_needs_rows(plan: Plan) -> None:
    for role in ("psu", "person_code", "fpc", "ssu", "ssu_fpc"):
        if getattr(plan.columns, role) is not None:
            raise Refusal(
                f"plan: {role} needs the rows; tallies hold people who were drawn one by one. "
                "Compare the answers themselves, or leave it out of the plan"
            )
    if plan.weighting is not None:
        raise Refusal(
            "plan: weighting needs all people of a wave at once; weight them first, and name the "
            "column that holds the weights as weight"
        )
