"""The attacker of people beside those who are compared: a course's further waves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from analysis.codebook import Codebook
from analysis.disclosure import release
from analysis.disclosure.audit.beside import further_waves, small_beside
from analysis.disclosure.audit.concealed import Concealed
from analysis.disclosure.audit.leaks import Leak, Published, conceal, find_leaks
from analysis.refusals import Refusal
from analysis.report import compare_files
from tests.unit.analysis.books import table
from tests.unit.analysis.planned import Cells, codebook, wave
from tests.unit.analysis.trends.courses import report

CHOSEN: Final = (4, 5)
PLAN: Final[dict[str, Any]] = {"primary": [{"outcome": "a", "measure": "share"}]}


def _book() -> Codebook:
    book = codebook()
    first, *others = book.variables
    return replace(book, variables=(replace(first, favourable=CHOSEN), *others))


def _wave(seed: int, n: int, chosen: int) -> Cells:
    """So many of `n` gave one of the answers that the share is of, and twelve gave none."""
    cells = wave(seed, n + 12)
    cells["a"] = [4 + i % 2 if i < chosen else 1 + i % 3 for i in range(n)] + [None] * 12
    return cells


def _course(first: Cells, chosen_later: int) -> tuple[dict[str, Any], dict[str, Any]]:
    later = [_wave(2, 160, chosen_later), _wave(3, 170, 70)]
    computed = report([first, *later], plan=PLAN, books=[_book()] * 3)
    return computed, release(computed)


def _published(first: Cells) -> Published:
    """An earlier report compared the course's first wave with its second."""
    computed = compare_files(_book(), table(first), table(_wave(2, 160, 60)), plan=PLAN)
    return Published(computed, release(computed), {"earlier_1": "before", "before": "after"})


@pytest.mark.parametrize(
    ("chosen", "small"), [(6, ("chosen",)), (145, ("not chosen",)), (60, ()), (140, ())]
)
def test_few_who_chose_and_few_who_did_not_must_both_stay_hidden(
    chosen: int, small: tuple[str, ...]
) -> None:
    (place,) = further_waves(*_course(_wave(1, 150, chosen), 60))
    assert tuple(str(name[1]) for name, _ in small_beside(place)) == small


@pytest.mark.parametrize("chosen", [6, 145])
def test_two_releases_about_one_wave_tell_no_few_people_between_them(chosen: int) -> None:
    first = _wave(1, 150, chosen)
    earlier = _published(first)
    computed, alone = _course(first, 60)
    assert find_leaks(computed, release(computed, [earlier]), [earlier]) == []
    told = _told_too_much(computed, alone)
    [leak] = [leak for leak in find_leaks(computed, told, [earlier]) if leak.beside]
    assert leak == Leak("earlier_1", "a", beside=("trend", "a"))


def _told_too_much(computed: dict[str, Any], released: dict[str, Any]) -> dict[str, Any]:
    """The release with its first trend's first wave as it truly is."""
    first, *trends = released["trend"]["trends"]
    true = computed["trend"]["trends"][0]["waves"][0]
    waves = [true, *first["waves"][1:]]
    return {
        **released,
        "trend": {**released["trend"], "trends": [{**first, "waves": waves}, *trends]},
    }


def test_earlier_releases_about_other_people_are_not_set_against_a_further_wave() -> None:
    other = _published(_wave(9, 150, 130))
    computed, released = _course(_wave(1, 150, 60), 60)
    plan = {**other.computed["plan"], "exclusions": ["somebody"]}
    left_out = replace(other, computed={**other.computed, "plan": plan})
    elsewhere = replace(other, waves={"another": "before"})
    assert find_leaks(computed, released, [left_out, elsewhere]) == []
    with pytest.raises(Refusal, match="audit"):  # the two contradict each other
        find_leaks(computed, released, [other])


def test_what_leaks_beside_is_concealed_there_and_nowhere_else() -> None:
    computed, released = _course(_wave(1, 150, 6), 60)
    leak = Leak("earlier_1", "a", beside=("trend", "a"))
    concealed = conceal(Concealed(), [leak], computed, released)
    assert concealed == Concealed(beside=frozenset({("trend", "a")}))
