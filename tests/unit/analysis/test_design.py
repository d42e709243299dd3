"""Design labels: what is a PSU, what is a stratum, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from analysis.dataset import DesignColumns, Wave, read_wave
from analysis.design import Design, LonelyPsu, label_design
from analysis.refusals import Refusal
from tests.unit.analysis.books import book, question, table

BOOK = book(question("q"))


def _wave(name: str, design: DesignColumns, columns: dict[str, Sequence[object]]) -> Wave:
    n = len(next(iter(columns.values()), [1, 2, 3]))
    return read_wave(name, table({"q": [1 + i % 5 for i in range(n)], **columns}), BOOK, design)


def _label(
    design: DesignColumns,
    before: dict[str, Sequence[object]],
    after: dict[str, Sequence[object]],
    lonely: LonelyPsu = "refuse",
) -> Design:
    return label_design(
        _wave("before", design, before), _wave("after", design, after), design, lonely
    )


def test_without_design_columns_every_respondent_is_a_psu_and_every_wave_a_stratum() -> None:
    design = _label(DesignColumns(), {}, {})
    assert design.is_simple_random
    assert design.psus_in_stratum.tolist() == [3, 3]
    assert design.stratum_names == ("before / all", "after / all")


def test_waves_that_share_blocks_are_no_strata() -> None:
    blocks = DesignColumns(psu="b")
    design = _label(blocks, {"b": ["x", "y", "x"]}, {"b": ["x", "y", "z"]})
    assert design.waves_share_psus
    assert design.psus_in_stratum.tolist() == [3]
    assert not design.person_is_psu


def test_waves_with_blocks_of_their_own_are_strata() -> None:
    design = _label(DesignColumns(psu="b"), {"b": ["x", "y", "x"]}, {"b": ["u", "v", "v"]})
    assert not design.waves_share_psus
    assert design.psus_in_stratum.tolist() == [2, 2]


def test_strata_of_the_sample_are_crossed_with_the_wave() -> None:
    strata = {"s": ["N", "N", "S", "S"]}
    design = _label(DesignColumns(stratum="s"), strata, strata)
    assert design.stratum_names == ("before / N", "before / S", "after / N", "after / S")
    assert design.strata_in_wave == (2, 2)
    assert not design.is_simple_random


def test_an_empty_person_code_links_nobody() -> None:
    design = _label(DesignColumns(person_code="c"), {"c": ["a", "", ""]}, {"c": ["a", "", "b"]})
    assert design.psus_in_stratum.tolist() == [5]
    assert design.person_is_psu
    assert not design.respondent_is_psu


def test_people_inside_blocks_leave_the_blocks_as_psus() -> None:
    design = _label(
        DesignColumns(psu="b", person_code="c"),
        {"b": ["x", "y", "y"], "c": ["a", "d", ""]},
        {"b": ["x", "y", "x"], "c": ["a", "", ""]},
    )
    assert design.psus_in_stratum.tolist() == [2]


def test_a_stratum_of_one_psu_may_be_allowed() -> None:
    strata = {"s": ["N", "N", "S"]}
    for lonely in ("adjust", "average", "certainty"):
        design = _label(DesignColumns(stratum="s"), strata, strata, lonely)
        assert design.psus_in_stratum.tolist() == [2, 1, 2, 1]


@pytest.mark.parametrize(
    ("design", "before", "after", "words"),
    [
        (
            DesignColumns(psu="b", stratum="s"),
            {"b": ["x", "y", "x"], "s": ["N", "N", "S"]},
            {"b": ["u", "v", "w"], "s": ["N", "N", "N"]},
            "PSU 'x' lies in two strata",
        ),
        (
            DesignColumns(person_code="c", stratum="s"),
            {"c": ["a", "b", "d"], "s": ["N", "N", "S"]},
            {"c": ["a", "e", "f"], "s": ["S", "N", "S"]},
            "PSU 'a' lies in two strata",
        ),
        (
            DesignColumns(person_code="c"),
            {"c": ["1", "2", "3"]},
            {"c": ["4", "5", "6"]},
            "'c', named as person_code, links nobody",
        ),
        (
            DesignColumns(psu="b", person_code="c"),
            {"b": ["x", "y", "y"], "c": ["a", "d", ""]},
            {"b": ["y", "y", "x"], "c": ["a", "", ""]},
            "person 'a' stands in 2 PSUs",
        ),
        (
            DesignColumns(stratum="s"),
            {"s": ["N", "N", "S"]},
            {"s": ["N", "N", "S"]},
            "stratum 'before / S' has one PSU (2 such in all)",
        ),
        (
            DesignColumns(psu="b"),
            {"b": ["x", "x"]},
            {"b": ["x", "x"]},
            "every stratum (all) has one PSU",
        ),
        (
            DesignColumns(fpc="n"),
            {"n": [9, 9, 8]},
            {"n": [9, 9, 9]},
            "holds different population sizes",
        ),
        (
            DesignColumns(fpc="n"),
            {"n": [2, 2, 2]},
            {"n": [9, 9, 9]},
            "3 PSUs were sampled and the fpc column says that there are 2",
        ),
    ],
)
def test_a_design_that_breaks_a_rule_is_refused_by_name(
    design: DesignColumns,
    before: dict[str, Sequence[object]],
    after: dict[str, Sequence[object]],
    words: str,
) -> None:
    with pytest.raises(Refusal) as refused:
        _label(design, before, after)
    assert words in str(refused.value)
