"""No row of a public-use file stands alone; what is told of it is true (privacy.md B3, rule R9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

from analysis.disclosure.microdata.public_use import (
    WITHHELD,
    Codes,
    Identifier,
    PublicUse,
    public_use_file,
)
from analysis.refusals import Refusal

Wave = tuple[dict[str, Codes], list[Identifier], list[str]]


def wave_of(seed: int, *, rows: int | None = None) -> Wave:
    """Any number of people, groups of any size, answers that go with them or not."""
    rng = np.random.default_rng(seed)
    n = rows or int(rng.integers(30, 600))
    columns: dict[str, Codes] = {}
    identifiers: list[Identifier] = []
    for place in range(int(rng.integers(1, 6))):
        levels = int(rng.integers(2, 9))
        shares = rng.dirichlet(np.full(levels, 0.7))
        codes = rng.choice(np.arange(1, levels + 1), n, p=shares)
        codes[rng.random(n) < 0.05] = rng.choice([-2, -3])
        columns[f"known{place}"] = codes.astype(np.int64)
        known = Identifier(f"known{place}", tuple(range(1, levels + 1)), bool(rng.integers(2)))
        identifiers.append(known)
    items = [f"item{place}" for place in range(int(rng.integers(1, 13)))]
    for name in items:
        answers = rng.choice([-3, -1, 1, 2, 3, 4, 5], n, p=rng.dirichlet(np.ones(7)))
        leans = rng.random() < 0.3
        columns[name] = np.where(columns["known0"] == 1, 5, answers) if leans else answers
    return columns, identifiers, items


def made_of(seed: int) -> tuple[Wave, PublicUse]:
    wave = wave_of(seed)
    return wave, public_use_file(*wave, np.random.default_rng(seed))


def weakest(made: PublicUse) -> tuple[int, int]:
    """k and l of a file as a reader finds them, by hand: no code shared with what made it."""
    names = sorted(made.identifiers)
    length = len(next(iter([*made.identifiers.values(), *made.items.values()])))
    classes: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row in range(length):
        classes[tuple(int(made.identifiers[name][row]) for name in names)].append(row)
    alike = min(map(len, classes.values()))
    different = min(
        (
            len({int(column[row]) for row in rows})
            for rows in classes.values()
            for column in made.items.values()
        ),
        default=2,
    )
    return alike, different


def nobody_stands_alone(seeds: Sequence[int]) -> None:
    for seed in seeds:
        _, made = made_of(seed)
        alike, different = weakest(made)
        assert alike >= 5, seed
        assert different >= 2, seed


def test_nobody_stands_alone_in_two_hundred_files() -> None:
    nobody_stands_alone(range(200))


@pytest.mark.proof
def test_nobody_stands_alone_in_five_thousand_files() -> None:
    nobody_stands_alone(range(1000, 6000))


def test_the_same_check_catches_files_that_only_merge_levels() -> None:
    caught = 0
    for seed in range(30):
        (columns, identifiers, items), made = made_of(seed)
        naive = PublicUse(
            {i.name: columns[i.name] for i in identifiers},
            {name: columns[name] for name in items},
            made.levels,
            {},
            {},
        )
        alike, different = weakest(naive)
        caught += alike < 5 or different < 2
    assert caught >= 25


def _rows(columns: Sequence[Codes]) -> list[tuple[int, ...]]:
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_told_is_true_and_no_answer_is_lost(seed: int) -> None:
    (columns, identifiers, _), made = made_of(seed)
    if made.items:
        assert _rows(list(made.items.values())) == _rows([columns[name] for name in made.items])
    for identifier in identifiers:
        if identifier.name not in made.levels:
            continue
        told, codes = made.identifiers[identifier.name], columns[identifier.name]
        stands_for = made.levels[identifier.name]
        assert sorted(code for group in stands_for for code in group) == sorted(identifier.codes)
        for number, group in enumerate(stands_for, 1):
            assert np.count_nonzero(told == number) <= np.count_nonzero(np.isin(codes, group))
        assert set(np.unique(told)) <= {WITHHELD, *range(1, len(stands_for) + 1)}


def test_levels_with_an_order_are_merged_with_their_neighbours() -> None:
    made = public_use_file(
        {"age": np.repeat([1, 2, 3, 4], [40, 2, 40, 18]), "t1": np.arange(100) % 5},
        [Identifier("age", (1, 2, 3, 4), is_ordered=True)],
        ["t1"],
        np.random.default_rng(1),
    )
    assert made.levels["age"] == ((1,), (2, 3), (4,))
    assert made.withheld["age"] == 0


def test_two_files_of_one_wave_differ_in_the_order_of_their_rows_alone() -> None:
    wave = wave_of(7)
    first, second = (public_use_file(*wave, np.random.default_rng(seed)) for seed in (1, 2))
    both = [[*made.identifiers.values(), *made.items.values()] for made in (first, second)]
    assert _rows(both[0]) == _rows(both[1])
    assert any((a != b).any() for a, b in zip(*both, strict=True))


def test_what_everybody_answers_alike_and_what_cannot_be_grouped_is_left_out() -> None:
    columns = {"age": np.ones(40, dtype=np.int64), "t1": np.arange(40) % 5, "t2": np.full(40, 3)}
    age = Identifier("age", (1, 2), is_ordered=True)
    made = public_use_file(columns, [age], ["t1", "t2"], np.random.default_rng(1))
    assert made.left_out == {
        "t2": "everybody gave the same answer",
        "age": "its groups are too small to be told apart",
    }
    assert made.identifiers == {}
    assert made.items.keys() == {"t1"}


def test_a_class_whose_people_agree_tells_less_and_takes_others_in_when_it_must() -> None:
    """All of group 1 answer 5: what is left of them alone would still say so."""
    group = np.repeat([1, 2, 3], [10, 20, 20])
    answers = np.where(group == 1, 5, np.arange(50) % 4)
    made = public_use_file(
        {"group": group, "t1": answers},
        [Identifier("group", (1, 2, 3), is_ordered=False)],
        ["t1"],
        np.random.default_rng(1),
    )
    assert weakest(made)[1] >= 2
    assert 0.2 < made.withheld["group"] < 1


@pytest.mark.parametrize("rows", [0, 29])
def test_of_fewer_than_thirty_there_is_no_file(rows: int) -> None:
    with pytest.raises(Refusal, match="at least 30 answers"):
        public_use_file({"t1": np.arange(rows)}, [], ["t1"], np.random.default_rng(1))
