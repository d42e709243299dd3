"""Answers cut into seven parts, counted apart and added up, say what the whole files say."""

from __future__ import annotations

import functools
import json
import operator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.codebook import Codebook
from analysis.compare import Compared, compare_outcomes
from analysis.comparisons.difference import Domain
from analysis.comparisons.ranks.midrank_test import midrank_test
from analysis.comparisons.ranks.odds_of_higher import odds_of_higher
from analysis.comparisons.shares.rao_scott import rao_scott
from analysis.dataset import Wave, read_wave
from analysis.design import Design, label_design
from analysis.exclusions import read_eligible
from analysis.outcomes import outcome_values, outcomes_of
from analysis.plain import plain
from analysis.plan import Plan, read_plan
from analysis.refusals import NotEstimable, Refusal
from analysis.tally.counted import Counted
from analysis.tally.roll_up import (
    WaveTally,
    compare_tallies,
    other_methods_of_tallies,
    tally_lines,
    tally_wave,
)
from analysis.tally.spreads import (
    counted_midrank_test,
    counted_odds_of_higher,
    counted_rao_scott,
)
from analysis.tally.variances import COUNTED
from analysis.tally.waves import CountedWave
from analysis.variance import VARIANCES
from tests.unit.analysis.books import book, number, question, scale, table

PARTS = 7
ROWS = {"before": 430, "after": 510}
DESIGNS: dict[str, dict[str, Any]] = {
    "unweighted": {},
    "weighted": {"weight": "few"},
    "stratified": {"weight": "few", "stratum": "s", "area": "place"},
    "many weights": {"weight": "many"},
}
BOOK: Codebook = book(
    *(question(name, missing=(-1,)) for name in ("a", "b", "c")),
    question("who", (1, 2, 3), level="nominal"),
    question("age", (1, 2, 3), role="background"),
    number("years"),
    scales=[scale("trust", ["a", "b", "c"], reverse=("c",))],
)
Pair = tuple[Counted, Counted]
DESIGN_COLUMNS = ("few", "many", "s", "place")


def _cells(wave: str) -> dict[str, list[Any]]:
    n = ROWS[wave]
    rng = np.random.default_rng(n)
    lift = 0.3 * (wave == "after")
    cells: dict[str, list[Any]] = {
        name: np.clip(np.round(3 + lift + rng.normal(size=n)), 1, 5).astype(int).tolist()
        for name in ("a", "b", "c")
    }
    cells |= {"who": rng.integers(1, 4, n).tolist(), "years": rng.integers(0, 60, n).tolist()}
    for name, column in cells.items():
        cells[name] = [-3 if rng.random() < 0.1 else cell for cell in column]
    # Sorted by age: not every part knows every group.
    cells["age"] = np.sort(rng.integers(1, 4, n)).tolist()
    cells["few"] = rng.choice([0.5, 1.25, 3.0], n).tolist()
    cells["many"] = rng.lognormal(0, 0.5, n).tolist()
    cells["s"] = rng.choice(["N", "S"], n, p=[0.3, 0.7]).tolist()
    cells["place"] = np.sort(rng.choice(["Hill", "Lake", "Mill"], n)).tolist()
    return cells


def _plan(design: str, **more: Any) -> Plan:
    subgroups = ["age"] + (["place"] if "area" in DESIGNS[design] else [])
    return read_plan(DESIGNS[design] | {"subgroups": subgroups} | more, BOOK)


def _read(wave: str, plan: Plan, part: int | None = None) -> Wave:
    cells = _cells(wave)
    used = set(plan.columns.named().values())
    cells = {name: column for name, column in cells.items() if name not in DESIGN_COLUMNS} | {
        name: cells[name] for name in used
    }
    if part is not None:
        rows = np.array_split(np.arange(ROWS[wave]), PARTS)[part]
        cells = {name: [column[i] for i in rows] for name, column in cells.items()}
    return read_wave(wave, table(cells), BOOK, plan.columns)


def _rolled_up(wave: str, plan: Plan, **more: Any) -> WaveTally:
    """Each part read, counted and sent by itself."""
    sent = [
        json.dumps(tally_wave(_read(wave, plan, part), BOOK, plan, **more).to_dict())
        for part in range(PARTS)
    ]
    return functools.reduce(operator.add, (WaveTally.from_dict(json.loads(one)) for one in sent))


def _whole(plan: Plan, variance: str) -> list[Compared]:
    before, after = (_read(wave, plan) for wave in ROWS)
    design = label_design(before, after, plan.columns, plan.lonely_psu)
    return compare_outcomes(before, after, BOOK, plan, design, VARIANCES[variance])


def _by_name(compared: list[Compared]) -> dict[tuple[Any, ...], dict[str, Any]]:
    return {
        (c.outcome.id, c.outcome.measure, str(c.outcome.share_of), str(c.group)): {
            **plain(c.comparison),
            "smallest_change": plain(c.smallest_change),
            "verdict": c.verdict,
            "family": c.family,
        }
        for c in compared
    }


def _flat(document: Any, path: str = "") -> dict[str, Any]:
    if isinstance(document, list):
        document = dict(enumerate(document))
    if not isinstance(document, dict):
        return {path: document}
    return {k: v for key, part in document.items() for k, v in _flat(part, f"{path}.{key}").items()}


def _assert_agree(one: Any, other: Any) -> None:
    ours, theirs = _flat(plain(one)), _flat(plain(other))
    assert ours.keys() == theirs.keys()
    numbers = [path for path, told in theirs.items() if isinstance(told, int | float)]
    assert numbers
    for path in theirs:
        expected = theirs[path]
        if path in numbers:
            expected = pytest.approx(expected, rel=1e-12, abs=1e-13)
        assert ours[path] == expected, path


@pytest.mark.parametrize("variance", VARIANCES)
@pytest.mark.parametrize("design", ["unweighted", "weighted", "stratified"])
def test_seven_parts_say_what_the_whole_says(design: str, variance: str) -> None:
    plan = _plan(design)
    rolled = compare_tallies(
        _rolled_up("before", plan), _rolled_up("after", plan), BOOK, plan, variance
    )
    ours, theirs = _by_name(rolled), _by_name(_whole(plan, variance))
    counted = {key: told for key, told in theirs.items() if key[0] != "years"}
    assert ours.keys() == counted.keys()
    assert len(ours) >= 9 * 4
    for key, told in counted.items():
        _assert_agree(ours[key], told)


def test_many_weights_need_not_be_kept_apart_for_taylor() -> None:
    plan = _plan("many weights")
    mixed = [_rolled_up(wave, plan, keep_weights=False) for wave in ROWS]
    rolled, whole = compare_tallies(*mixed, BOOK, plan, "taylor"), _whole(plan, "taylor")
    told = {key: told["change"]["se"] for key, told in _by_name(whole).items() if key[0] != "years"}
    found = {key: told["change"]["se"] for key, told in _by_name(rolled).items()}
    assert found == pytest.approx(told, rel=1e-12)
    with pytest.raises(Refusal, match="the jackknife needs tallies that keep each weight apart"):
        compare_tallies(*mixed, BOOK, plan)


def test_a_group_that_one_wave_lacks_has_no_answer_there() -> None:
    plan = _plan("stratified")
    before = tally_wave(_read("before", plan, 0), BOOK, plan)
    after = tally_wave(_read("after", plan, PARTS - 1), BOOK, plan)
    told = _by_name(compare_tallies(before, after, BOOK, plan))
    change = next(t for key, t in told.items() if key[0] == "trust" and "'Hill'" in key[3])[
        "change"
    ]
    assert change == {"not_estimable": "after: no answer"}


def test_sums_that_cancel_are_left_to_the_rows() -> None:
    cells = {name: [5] * 20 + [1] * 20 for name in ("a", "b")} | {"c": [1] * 20 + [5] * 20}
    cells |= {"who": [1, 2] * 20, "age": [1, 2] * 20, "years": [3] * 40}
    cells["s"] = ["N"] * 20 + ["S"] * 20
    plan = read_plan({"stratum": "s"}, BOOK)
    wave = tally_wave(read_wave("before", table(cells), BOOK, plan.columns), BOOK, plan)
    told = _by_name(compare_tallies(wave, wave, BOOK, plan))
    change = next(t["change"] for key, t in told.items() if key[:2] == ("a", "mean"))
    assert "only the rows can tell" in change["not_estimable"]


def test_parts_with_other_questions_do_not_add_up() -> None:
    plan = _plan("unweighted")
    whole = tally_wave(_read("before", plan), BOOK, plan)
    part = WaveTally({name: t for name, t in whole.tallies.items() if name != "item/a"})
    with pytest.raises(Refusal, match="do not add up: item/a"):
        _ = whole + part
    assert len(compare_tallies(part, whole, BOOK, plan)) < len(
        compare_tallies(whole, whole, BOOK, plan)
    )


@pytest.mark.parametrize("role", ["psu", "person_code", "fpc"])
def test_clusters_links_and_finite_populations_need_the_rows(role: str) -> None:
    with pytest.raises(Refusal, match=f"plan: {role} needs the rows"):
        tally_wave(_read("before", _plan("unweighted")), BOOK, _plan("unweighted", **{role: "x"}))


def test_a_stratum_of_one_person_is_refused_as_from_the_rows() -> None:
    plan = _plan("stratified")
    rolled = [_rolled_up(wave, plan) for wave in ROWS]
    cells = {name: [1] for name in ("a", "b", "c", "who", "years", "age")}
    cells |= {"few": [1.0], "s": ["alone"], "place": ["Hill"]}
    alone = tally_wave(read_wave("before", table(cells), BOOK, plan.columns), BOOK, plan)
    with pytest.raises(Refusal, match="stratum 'before / alone' has one PSU"):
        compare_tallies(rolled[0] + alone, rolled[1], BOOK, plan)


def test_a_plan_that_weights_needs_the_rows() -> None:
    plan = _plan("unweighted", weighting={"margins": {"age": {1: 30, 2: 30, 3: 40}}})
    with pytest.raises(Refusal, match="weighting needs all people of a wave at once"):
        tally_wave(_read("before", _plan("unweighted")), BOOK, plan)


def _lines(wave: str, plan: Plan) -> list[str]:
    used = set(plan.columns.named().values())
    cells = {n: c for n, c in _cells(wave).items() if n not in DESIGN_COLUMNS or n in used}
    return table(cells).splitlines(keepends=True)


def test_a_file_read_part_by_part_leaves_out_whom_the_plan_excludes() -> None:
    """Sorted by age: of some parts everybody goes, of some nobody."""
    plan = _plan("weighted", exclusions={"age": [2]})
    lines = _lines("before", plan)
    parts = tally_lines("before", iter(lines), BOOK, plan, rows_at_once=40)
    whole = read_eligible("before", "".join(lines), BOOK, plan).wave
    assert whole.n < ROWS["before"]
    _assert_agree(
        compare_tallies(parts, parts, BOOK, plan),
        compare_tallies(*[tally_wave(whole, BOOK, plan)] * 2, BOOK, plan),
    )


def test_a_file_of_which_nobody_is_left_is_refused() -> None:
    plan = _plan("unweighted", exclusions={"age": [1, 2, 3]})
    with pytest.raises(Refusal, match="before: nobody is left after the plan's exclusions"):
        tally_lines("before", _lines("before", plan), BOOK, plan, rows_at_once=100)


def test_a_bad_cell_in_a_later_part_is_found_again_in_the_file() -> None:
    plan = _plan("unweighted")
    lines = _lines("before", plan)
    lines[250] = "x" + lines[250][1:]
    where = r"before \(its row 2 is row 202 of the file\): column 'a', row 51"
    with pytest.raises(Refusal, match=where):
        tally_lines("before", lines, BOOK, plan, rows_at_once=200)


def test_empty_lines_at_the_end_are_no_part_of_their_own() -> None:
    plan = _plan("unweighted")
    lines = _lines("before", plan)
    once = tally_lines("before", lines, BOOK, plan)
    again = tally_lines("before", [*lines, "\n", "\n"], BOOK, plan, rows_at_once=ROWS["before"])
    assert again.to_dict() == once.to_dict()


def test_a_file_without_rows_is_refused_as_ever() -> None:
    with pytest.raises(Refusal, match="before: the file has no heading"):
        tally_lines("before", [], BOOK, _plan("unweighted"))


def test_other_methods_ask_for_something_that_was_counted() -> None:
    plan = _plan("many weights")
    mixed = [_rolled_up(wave, plan, keep_weights=False) for wave in ROWS]
    with pytest.raises(Refusal, match="'years' was not counted in both waves"):
        other_methods_of_tallies("years", mixed[0], mixed[1], BOOK, plan, "taylor")
    with pytest.raises(Refusal, match="the jackknife needs tallies"):
        other_methods_of_tallies("a", mixed[0], mixed[1], BOOK, plan)


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("a", {"midrank_test", "odds_of_higher", "rao_scott"}),
        ("trust", {"midrank_test"}),
        ("who", {"rao_scott"}),
    ],
)
def test_an_outcome_has_the_methods_of_its_kind(name: str, methods: set[str]) -> None:
    plan = _plan("stratified")
    rolled = [_rolled_up(wave, plan) for wave in ROWS]
    found = other_methods_of_tallies(name, rolled[0], rolled[1], BOOK, plan)
    assert found.keys() == methods
    assert not any(isinstance(told, NotEstimable) for told in found.values())


def _pair(
    design_name: str, name: str
) -> tuple[tuple[Counted, Counted], Design, np.ndarray, Domain]:
    plan = _plan(design_name)
    before, after = (_read(wave, plan) for wave in ROWS)
    design = label_design(before, after, plan.columns)
    outcome = next(o for o in outcomes_of(BOOK) if (o.id, o.measure) == (name, "mean"))
    counted = []
    for wave, first in ((before, 0), (after, before.n)):
        found = CountedWave(wave, first, [], design).of(outcome, BOOK)
        assert found is not None
        counted.append(found[0])
    everyone = Domain(np.arange(before.n), before.n + np.arange(after.n))
    values = outcome_values(outcome, before, after, BOOK)
    return (counted[0], counted[1]), design, values, everyone


@pytest.mark.parametrize("design_name", DESIGNS)
@pytest.mark.parametrize("name", ["a", "trust"])
@pytest.mark.parametrize("variance", VARIANCES)
def test_ranks_from_tallies_are_those_from_the_rows(
    design_name: str, name: str, variance: str
) -> None:
    pair, design, values, everyone = _pair(design_name, name)
    method = VARIANCES[variance]
    _assert_agree(
        counted_midrank_test(*pair, design, COUNTED[type(method)]),
        midrank_test(values, everyone, design, method),
    )


@pytest.mark.parametrize("design_name", DESIGNS)
def test_odds_from_tallies_are_those_from_the_rows(design_name: str) -> None:
    pair, design, values, everyone = _pair(design_name, "a")
    _assert_agree(counted_odds_of_higher(*pair, design), odds_of_higher(values, everyone, design))


@pytest.mark.parametrize("design_name", DESIGNS)
def test_the_spread_over_categories_from_tallies_is_that_from_the_rows(design_name: str) -> None:
    pair, design, values, everyone = _pair(design_name, "a")
    rows = np.concatenate([everyone.before, everyone.after])
    rows = rows[~np.isnan(values[rows])]
    _, category = np.unique(values[rows], return_inverse=True)
    column = (rows >= len(everyone.before)).astype(np.int64)
    ours, theirs = counted_rao_scott(*pair, design), rao_scott(category, column, rows, design)
    assert not isinstance(ours, NotEstimable)
    assert not isinstance(theirs, NotEstimable)
    np.testing.assert_allclose(ours.shares, theirs.shares, rtol=1e-12)
    _assert_agree(replace(ours, shares=None), replace(theirs, shares=None))


def _tiny(
    before: list[int | None], after: list[int | None], strata: str = ""
) -> tuple[Pair, Design]:
    """Waves with one question, and the strata of both as letters."""
    codebook = book(question("q"))
    plan = read_plan({"stratum": "s"} if strata else {}, codebook)
    waves = []
    for name, answers in (("before", before), ("after", after)):
        cells: dict[str, list[Any]] = {"q": answers} | ({"s": list(strata)} if strata else {})
        waves.append(read_wave(name, table(cells), codebook, plan.columns))
    design = label_design(waves[0], waves[1], plan.columns)
    outcome = outcomes_of(codebook)[0]
    counted = []
    for wave, first in ((waves[0], 0), (waves[1], waves[0].n)):
        found = CountedWave(wave, first, [], design).of(outcome, codebook)
        assert found is not None
        counted.append(found[0])
    return (counted[0], counted[1]), design


TAYLOR = COUNTED[type(VARIANCES["taylor"])]


def _reason(told: object) -> str:
    assert isinstance(told, NotEstimable)
    return told.reason


def test_waves_without_answers_have_no_ranks_odds_or_shares() -> None:
    pair, design = _tiny([None, None], [None, None])
    assert _reason(counted_midrank_test(*pair, design, TAYLOR)) == "before: no answer"
    assert _reason(counted_odds_of_higher(*pair, design)) == "no answer"
    assert "two categories" in _reason(counted_rao_scott(*pair, design))


def test_a_wave_without_answers_has_no_spread_to_compare() -> None:
    pair, design = _tiny([1, 2, 3], [None, None, None])
    assert "two groups" in _reason(counted_rao_scott(*pair, design))


def test_answers_alike_within_each_stratum_leave_ranks_odds_and_shares_to_the_rows() -> None:
    pair, design = _tiny([1, 1, 1, 5, 5, 5], [5, 5, 5, 1, 1, 1], "NNNSSS")
    ranks = counted_midrank_test(*pair, design, TAYLOR)
    for told in (ranks, counted_odds_of_higher(*pair, design), counted_rao_scott(*pair, design)):
        assert "only the rows can tell" in _reason(told)
