"""A simulation of the plan (A5): who is found again, and how many strangers are taken for one."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Final

import pytest

from app.privacy.linking.tags import link_tags
from app.responses.count.matching import LARGEST_FOR_GAPS, Coded, match

KEY: Final = bytes(range(32))
ELEMENTS: Final = 7
ANSWERS: Final = 15  # to each element: a space of 1.7e8 codes
PEOPLE: Final = 300
THE_SAME: Final = 180
STUDIES: Final = 12
Code = tuple[str, ...]


def some_code(rng: random.Random) -> Code:
    return tuple(f"answer {rng.randrange(ANSWERS)}" for _ in range(ELEMENTS))


def typed_again(code: Code, slip: float, rng: random.Random) -> Code:
    wrong = [f"answer {rng.randrange(ANSWERS)}?{rng.random()}" for _ in code]
    return tuple(w if rng.random() < slip else e for e, w in zip(code, wrong, strict=True))


def side(codes: Mapping[bytes, Code]) -> dict[bytes, Coded]:
    return {name: Coded(link_tags(KEY, code), None) for name, code in codes.items()}


def study(slip: float, rng: random.Random) -> tuple[int, int]:
    """How many of the same people were found, and how many strangers were linked."""
    before = {b"b%d" % n: some_code(rng) for n in range(PEOPLE)}
    after = {b"a%d" % n: some_code(rng) for n in range(PEOPLE)}
    for n in range(THE_SAME):
        after[b"a%d" % n] = typed_again(before[b"b%d" % n], slip / 2, rng)
        before[b"b%d" % n] = typed_again(before[b"b%d" % n], slip / 2, rng)
    found = match(side(before), side(after))
    right = sum(mine[1:] == theirs[1:] for mine, theirs in found.items())
    return right, len(found) - right


def test_one_slip_loses_nobody_and_chance_links_no_strangers() -> None:
    rng = random.Random(20261121)
    studies = [study(0.03, rng) for _ in range(STUDIES)]
    right, wrong = (sum(column) for column in zip(*studies, strict=True))
    assert right >= 0.95 * THE_SAME * STUDIES
    assert wrong <= 0.002 * right


def test_without_the_key_nobody_is_found() -> None:
    code = some_code(random.Random(1))
    other = Coded(link_tags(bytes(32), code), None)
    assert match({b"b": Coded(link_tags(KEY, code), None)}, {b"a": other}) == {}


@pytest.mark.parametrize(
    ("typed", "again"),
    [("Bello", "  bello! "), ("Jos\N{LATIN SMALL LETTER E WITH ACUTE}", "JOSE"), ("Rex 2", "rex2")],
)
def test_case_accents_and_spaces_make_no_difference(typed: str, again: str) -> None:
    rest = [f"answer {n}" for n in range(ELEMENTS - 1)]
    assert link_tags(KEY, [typed, *rest]) == link_tags(KEY, [again, *rest])


def test_one_element_left_empty_still_links_and_two_do_not() -> None:
    whole = [f"answer {n}" for n in range(ELEMENTS)]
    before = {b"b": Coded(link_tags(KEY, whole), None)}
    one_empty = link_tags(KEY, ["", *whole[1:]])
    assert match(before, {b"a": Coded(one_empty, None)}) == {b"a": b"b"}
    assert link_tags(KEY, ["", "?", *whole[2:]]) == []


def test_whoever_is_not_alone_or_lives_elsewhere_is_not_linked() -> None:
    tags = link_tags(KEY, [f"answer {n}" for n in range(ELEMENTS)])
    one, two = Coded(tags, 1), Coded(tags, 2)
    assert match({b"b": one}, {b"a": two}) == {}
    assert match({b"b": one}, {b"a": Coded(tags, None)}) == {b"a": b"b"}
    assert match({b"b": one, b"c": one}, {b"a": one}) == {}
    assert match({b"b": one}, {b"a": one, b"d": one}) == {}


def test_in_large_waves_or_with_few_elements_only_whole_codes_count() -> None:
    whole = [f"answer {n}" for n in range(ELEMENTS)]
    slipped = [*whole[:-1], "slip"]
    before = {b"b": Coded(link_tags(KEY, whole), None)}
    after = {b"a": Coded(link_tags(KEY, slipped), None)}
    assert match(before, after) == {b"a": b"b"}
    rng = random.Random(2)
    many = {
        b"x%d" % n: Coded(link_tags(KEY, some_code(rng)), None) for n in range(LARGEST_FOR_GAPS)
    }
    assert match(before | many, after) == {}
    assert match(before | many, before) == {b"b": b"b"}
    few = [Coded(link_tags(KEY, code[2:]), None) for code in (whole, slipped)]
    assert match({b"b": few[0]}, {b"a": few[1]}) == {}
