"""Scores and answers as positions among few values are the scores and answers themselves."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.codebook import Codebook
from analysis.comparisons.difference import Domain
from analysis.dataset import DesignColumns, Wave, read_wave
from analysis.design import label_design
from analysis.outcomes import outcome_values, outcomes_of
from analysis.scales import scale_scores
from analysis.tally import answers, waves
from analysis.tally.answers import CountableColumn, Source, countable, source_of, values_of
from analysis.tally.waves import CountedWave, counted_waves
from tests.unit.analysis.books import book, number, question, scale, table


def _book(**more: object) -> Codebook:
    return book(
        question("a", (1, 2, 3, 4, 5), missing=(-1,)),
        question("b", (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)),
        question("c", (2, 4, 6), missing=(-1, -2)),
        number("years"),
        scales=[scale("trust", ["a", "b", "c"], reverse=("b",), **more)],
    )


def _wave(codebook: Codebook, rows: int = 400) -> Wave:
    rng = np.random.default_rng(4)
    answers_ = {
        "a": rng.choice([1, 2, 3, 4, 5, -1], rows).tolist(),
        "b": rng.integers(0, 11, rows).tolist(),
        "c": rng.choice([2, 4, 6, -2], rows).tolist(),
        "years": rng.integers(0, 99, rows).tolist(),
    }
    for cells in answers_.values():
        for i in np.flatnonzero(rng.random(rows) < 0.3):
            cells[i] = None
    return read_wave("before", table(answers_), codebook)


def _column(codebook: Codebook, source: Source) -> CountableColumn:
    column = countable(_wave(codebook), source, codebook)
    assert column is not None
    return column


@pytest.mark.parametrize("min_answered", ["more_than_half", "1/3", "1"])
def test_scores_are_those_of_the_scale_to_the_last_digit(min_answered: str) -> None:
    codebook = _book(min_answered=min_answered)
    column = _column(codebook, Source("trust", is_scale=True))
    found = np.array([np.nan if c is None else c for c in column.categories])[column.index]
    np.testing.assert_array_equal(
        found, scale_scores(_wave(codebook), codebook.scales[0], codebook)
    )
    assert len(set(column.categories)) == len(column.categories)


def test_each_outcome_is_read_from_the_categories_of_its_source() -> None:
    codebook = _book()
    wave = _wave(codebook)
    told = 0
    for outcome in outcomes_of(codebook):
        column = countable(wave, source_of(outcome, codebook), codebook)
        if column is None:
            assert outcome.id == "years"
            continue
        values = values_of(outcome, column.categories, codebook)[column.index]
        expected = outcome_values(outcome, wave, wave, codebook)[: wave.n]
        np.testing.assert_array_equal(values, expected)
        told += 1
    assert told == 7


def test_a_share_is_read_from_its_item_even_where_a_scale_has_the_same_name() -> None:
    codebook = book(question("q"), question("r"), scales=[scale("q", ["q", "r"])])
    kinds = [(o.measure, source_of(o, codebook)) for o in outcomes_of(codebook) if o.id == "q"]
    assert ("share", Source("q", is_scale=False)) in kinds
    assert ("mean", Source("q", is_scale=True)) in kinds


def test_scores_that_take_too_many_values_are_left_to_the_rows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    codebook, source = _book(), Source("trust", is_scale=True)
    monkeypatch.setattr(answers, "_MOST_SCORES", 5)
    assert countable(_wave(codebook), source, codebook) is None
    monkeypatch.setattr(answers, "_MOST_SCORES", 4000)
    monkeypatch.setattr(answers, "_LARGEST_SUM", 10)
    assert countable(_wave(codebook), source, codebook) is None


def test_a_scale_with_an_item_that_is_no_coded_one_is_left_to_what_refuses_it() -> None:
    codebook = book(question("a"), number("years"), scales=[scale("s", ["a", "years"])])
    wave = read_wave("before", "a,years\n1,2\n", codebook)
    assert countable(wave, Source("s", is_scale=True), codebook) is None


def test_a_scale_that_nobody_answered_has_no_score() -> None:
    codebook = _book()
    wave = read_wave("before", "a,b,c,years\n,,,1\n,,,2\n", codebook)
    column = countable(wave, Source("trust", is_scale=True), codebook)
    assert column is not None
    assert column.categories == (None,)


def test_tables_larger_than_the_rows_are_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    codebook = book(question("q"))
    wave = read_wave("before", "q\n1\n2\n3\n", codebook)
    design = label_design(wave, wave, DesignColumns())
    outcome = outcomes_of(codebook)[0]
    assert CountedWave(wave, 0, [], design).of(outcome, codebook) is not None
    monkeypatch.setattr(waves, "_LARGEST_TABLE", 3)
    assert CountedWave(wave, 0, [], design).of(outcome, codebook) is None


@pytest.mark.parametrize(
    ("psus", "is_counted"), [(["1", "1", "2"], False), (["1", "2", "3"], True)]
)
def test_people_who_were_drawn_together_are_not_counted(
    psus: list[str], *, is_counted: bool
) -> None:
    codebook, columns = book(question("q")), DesignColumns(psu="p")
    before, after = (
        read_wave(
            name, table({"q": [1, 2, 3], "p": [f"{name} {p}" for p in psus]}), codebook, columns
        )
        for name in ("before", "after")
    )
    design = label_design(before, after, columns)
    everyone = Domain(np.arange(3), np.arange(3, 6))
    counted = counted_waves((before, after), [None], [everyone], design)
    assert (counted is not None) is is_counted
