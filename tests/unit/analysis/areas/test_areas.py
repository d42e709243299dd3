"""A plan that names comparison areas: the document tells of the others, and of the difference."""

from __future__ import annotations

import json
from typing import Any

import pytest

from analysis.areas.sentences import WORDS
from analysis.codebook import Codebook
from analysis.disclosure import release
from analysis.refusals import Refusal
from analysis.report import compare_files
from analysis.sentences import LANGUAGES
from analysis.verdict import VERDICTS
from tests.unit.analysis.areas.places import PLAN, codebook, compare, only, wave
from tests.unit.analysis.books import book, number, question, table
from tests.unit.analysis.comparison_schema import SCHEMA


def _beside(document: dict[str, Any], position: int = 0) -> dict[str, Any]:
    told: dict[str, Any] = document["areas"]["comparisons"][position]
    return told


def test_all_but_the_section_is_about_the_areas_with_the_initiative() -> None:
    before, after = wave(1), wave(2, here=0.5)
    document = compare(before, after)
    alone = compare_files(
        codebook(),
        table(only(before, 1)),
        table(only(after, 1)),
        plan={"smallest_change": {"trust": 0.2}},
    )
    assert document["waves"]["before"]["n"] == 100
    assert document["comparisons"] == alone["comparisons"]


def test_the_difference_is_that_of_the_two_changes() -> None:
    before, after = wave(1), wave(2, here=0.5, there=0.1)
    document = compare(before, after)
    there = compare_files(
        codebook(), table(only(before, 2)), table(only(after, 2)), plan={"primary": ["trust"]}
    )
    told, elsewhere = _beside(document), there["comparisons"][0]
    assert told["main_change"] == document["comparisons"][0]["change"]
    for key in ("estimate", "se", "p", "ci_low", "df"):
        assert told["change"][key] == pytest.approx(elsewhere["change"][key], rel=1e-12)
    assert told["before"]["estimate"] == pytest.approx(elsewhere["before"]["estimate"], rel=1e-12)
    assert told["before"]["n"] == elsewhere["before"]["n"]
    gap = told["main_change"]["estimate"] - told["change"]["estimate"]
    assert told["difference"]["estimate"] == pytest.approx(gap, rel=1e-12)
    squares = told["main_change"]["se"] ** 2 + told["change"]["se"] ** 2
    assert told["difference"]["se"] ** 2 == pytest.approx(squares, rel=1e-12)
    assert told["difference"]["p_adjusted"] == told["difference"]["p"]


def test_a_rise_beyond_that_of_the_comparison_area_is_told_with_what_it_rests_on() -> None:
    told = _beside(compare(wave(1, 600), wave(2, 600, here=0.8)))
    assert told["verdict"] == "rose_by_what_matters"
    assert "rose more, or fell less, where the initiative is" in told["sentence"]
    assert "Other reasons than the initiative are possible." in told["sentence"]
    assert told["basis"] == "respondents"
    assert [set(text) for text in told["caveats"]] == [{"en", "es", "ar", "vi"}] * 2
    assert "cluster-to-cluster variation cannot be estimated" in told["caveats"][0]["en"]
    assert "moved alike" in told["caveats"][1]["en"]


def test_where_both_areas_move_alike_nothing_is_claimed() -> None:
    told = _beside(compare(wave(1, 4000), wave(2, 4000, here=0.5, there=0.5)))
    assert told["verdict"] == "about_the_same"
    assert "moved about alike in both" in told["sentence"]


@pytest.mark.parametrize(
    ("blocks", "basis"), [(12, "clusters"), (5, "few_clusters"), (3, "respondents")]
)
@pytest.mark.parametrize("variance", ["jackknife", "taylor"])
def test_few_clusters_are_shown_in_both_ways(blocks: int, basis: str, variance: str) -> None:
    plan = {"psu": "block", "variance": variance}
    told = _beside(compare(wave(1, 240, blocks=blocks), wave(2, 240, blocks=blocks), **plan))
    assert (told["basis"], told["clusters"]) == (basis, [blocks, blocks])
    assert ("estimate" in told["few_clusters"]) is (basis != "respondents")


def test_two_intervals_that_are_not_settled_must_both_bear_the_verdict() -> None:
    plan = {"psu": "block", "variance": "taylor", "smallest_change": {"trust": 0.05}}
    verdicts = []
    for seed in (6, 16):
        pair = wave(seed, 160, blocks=4), wave(seed + 100, 160, here=0.25, blocks=4)
        told = _beside(compare(*pair, **plan))
        lows = told["difference"]["ci_low"], told["few_clusters"]["ci_low"]
        verdicts.append((told["verdict"], [low > 0.05 for low in lows]))
    assert verdicts == [
        ("rose_by_what_matters", [True, True]),
        ("rose_maybe_less", [False, True]),
    ]


def test_who_lives_in_no_known_area_stands_in_no_part_and_is_counted() -> None:
    before, after = wave(1), wave(2)
    before["place"][:3] = [None, -3, None]
    document = compare(before, after)
    assert document["areas"]["n_untold"] == {"before": 3, "after": 0}
    assert document["waves"]["before"]["n"] + _beside(document)["before"]["n"] == 197


def test_areas_may_be_names_in_the_plans_area_column() -> None:
    before, after = wave(1), wave(2, here=0.5)
    named = compare(before, after)
    for cells in (before, after):
        cells["town"] = ["Hill" if code == 1 else "Dale " for code in cells["place"]]
    plan = {"area": "town", "comparison_areas": {"town": ["Dale"]}}
    assert compare(before, after, **plan)["areas"] == named["areas"]


def test_each_place_is_brought_to_the_same_population() -> None:
    plan = {"weighting": {"margins": {"sex": {1: 49, 2: 51}}}}
    before, after = wave(1, 400), wave(2, 400, here=0.5)
    document = compare(before, after, **plan)
    there = compare_files(
        codebook(), table(only(before, 2)), table(only(after, 2)), plan=plan | {"primary": "trust"}
    )
    lone = there["comparisons"][0]["change"]
    for key in ("estimate", "se", "p"):
        assert _beside(document)["change"][key] == pytest.approx(lone[key], rel=1e-12)


def test_three_main_outcomes_are_adjusted_by_holm() -> None:
    plan = {"primary": ["trust", "a", "b"], "smallest_change": {}}
    told = compare(wave(1, 300), wave(2, 300, here=0.3), **plan)["areas"]["comparisons"]
    ps = [entry["difference"]["p"] for entry in told]
    assert [entry["outcome"] for entry in told] == ["trust", "a", "b"]
    assert min(e["difference"]["p_adjusted"] for e in told) == pytest.approx(3 * min(ps))


def test_a_change_that_alone_would_count_is_held_back_among_several() -> None:
    plan = {"primary": ["trust", "a", "b"], "smallest_change": {}}
    told = compare(wave(53, 120), wave(353, 120), **plan)["areas"]["comparisons"]
    held = next(e for e in told if e["difference"]["p"] < 0.05 <= e["difference"]["p_adjusted"])
    assert held["verdict"] == "cannot_tell"
    assert "several main outcomes were tested" in held["sentence"]


def test_linked_people_keep_their_covariance_in_each_place() -> None:
    """Without a stratum in the plan the place is the stratum: a person stays where they live."""
    before, after = wave(1), wave(2)
    for cells in (before, after):
        cells["code"] = [f"p{i}" for i in range(200)]
    told = _beside(compare(before, after, person_code="code", variance="taylor"))
    lone = _beside(compare(wave(1), wave(2), variance="taylor"))
    assert told["difference"]["estimate"] == lone["difference"]["estimate"]
    assert told["difference"]["df"] == 200 - 2 - 3
    assert told["difference"]["se"] != lone["difference"]["se"]


def test_a_stratum_of_the_plan_stays_the_stratum() -> None:
    before, after = wave(1), wave(2)
    for cells in (before, after):
        cells["zone"] = ["north" if i % 4 < 2 else "south" for i in range(200)]
    told = _beside(compare(before, after, stratum="zone", variance="taylor"))
    assert told["difference"]["df"] == 400 - 8 - 3


def test_waves_that_cannot_be_compared_have_no_difference_either() -> None:
    before, after = wave(1), wave(2, here=0.8)
    document = compare_files(
        codebook(),
        table(before),
        table(after),
        plan=PLAN,
        initiative={"modes": {"before": ["phone_web"], "after": ["paper"]}},
    )
    assert document["comparisons"][0]["verdict"] == "not_comparable"
    told = _beside(document)
    assert told["verdict"] == "not_comparable"
    assert told["because"] == document["comparisons"][0]["because"]
    assert "is not called a change" in told["sentence"]


def test_weights_too_wild_in_the_comparison_area_carry_no_verdict() -> None:
    before, after = wave(1), wave(2)
    for cells in (before, after):
        wild = [100.0 if i < 8 else 0.1 for i in range(200)]
        pairs = zip(cells["place"], wild, strict=True)
        cells["w"] = [1.0 if place == 1 else weight for place, weight in pairs]
    document = compare(before, after, weight="w")
    assert isinstance(document["comparisons"][0]["verdict"], str)
    assert "too unequal" in _beside(document)["verdict"]["not_estimable"]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ([None], "comparison area, before: no answer"),
        ([3], "comparison area, before: every answer (or every PSU) is the same"),
    ],
)
def test_a_comparison_area_that_tells_nothing_leaves_a_reason(item: list[Any], words: str) -> None:
    before, after = wave(1), wave(2)
    for name in ("a", "b"):
        before[name] = [
            item[0] if place == 2 else answer
            for place, answer in zip(before["place"], before[name], strict=True)
        ]
    told = _beside(compare(before, after))
    assert words in told["verdict"]["not_estimable"]
    assert words in told["sentence"]


def test_two_waves_without_any_spread_there_have_no_change_of_their_own() -> None:
    before, after = wave(1), wave(2)
    for cells in (before, after):
        for name in ("a", "b"):
            pairs = zip(cells["place"], cells[name], strict=True)
            cells[name] = [3 if place == 2 else answer for place, answer in pairs]
    told = _beside(compare(before, after))
    assert told["verdict"]["not_estimable"].startswith("comparison area: every answer")
    json.dumps(release(compare(before, after)), allow_nan=False)


def test_an_initiative_area_that_tells_nothing_leaves_a_reason() -> None:
    before, after = wave(1), wave(2)
    for cells in (before, after):
        for name in ("a", "b"):
            pairs = zip(cells["place"], cells[name], strict=True)
            cells[name] = [3 if place == 1 else answer for place, answer in pairs]
    told = _beside(compare(before, after))
    assert "every answer" in told["verdict"]["not_estimable"]


@pytest.mark.parametrize("people", [30, 60, 100, 300, 600])
def test_both_documents_keep_to_the_schema(people: int) -> None:
    plan = {"primary": ["trust", "a"], "smallest_change": {}}
    for pair in (
        (wave(1, people), wave(2, people, here=0.5)),
        (wave(1, people, blocks=6), wave(2, people, blocks=6)),
    ):
        more = {"psu": "block"} if "block" in pair[0] else {}
        computed = compare(*pair, **plan, **more)
        for document in (computed, release(computed)):
            told = json.loads(json.dumps(document, allow_nan=False))
            SCHEMA.validate(told)


def test_the_released_difference_is_rounded_and_tells_no_base() -> None:
    computed = compare(wave(1, 600), wave(2, 600, here=0.8))
    told, unrounded = _beside(release(computed)), _beside(computed)
    assert told["difference"]["estimate"] == round(unrounded["difference"]["estimate"], 2)
    for key in ("se", "df", "statistic"):
        assert "suppressed" in told["difference"][key]
        assert "suppressed" in told["change"][key]
    assert "suppressed" in told["clusters"]
    assert told["before"]["n"] == 300
    assert told["verdict"] == unrounded["verdict"]
    assert f"{told['difference']['estimate']:.2f} points up" in told["sentence"] or (
        f"{told['difference']['estimate']:.2f} up" in told["sentence"]
    )


def test_a_small_comparison_area_hides_all_that_rests_on_it() -> None:
    before, after = wave(1, 200), wave(2, 200)
    before["place"] = [2 if i < 20 else 1 for i in range(200)]
    released = release(compare(before, after))
    told = _beside(released)
    for key in ("before", "change", "difference", "few_clusters", "verdict"):
        assert set(told[key]) == {"suppressed"}, key
    assert "suppressed" not in released["comparisons"][0]["verdict"]
    assert not any(sign.isdigit() for sign in told["sentence"].split("”", maxsplit=1)[1])


def test_a_hidden_main_comparison_hides_the_difference() -> None:
    before, after = wave(1, 200), wave(2, 200)
    before["place"] = [1 if i < 20 else 2 for i in range(200)]
    told = _beside(release(compare(before, after)))
    assert set(told["difference"]) == {"suppressed"}
    assert set(told["main_change"]) == {"suppressed", "family"}


def test_few_people_without_a_known_area_are_not_counted_out() -> None:
    before, after = wave(1), wave(2)
    before["place"][:3] = [None] * 3
    after["place"][:41] = [None] * 41
    untold = release(compare(before, after))["areas"]["n_untold"]
    assert untold == {"before": {"suppressed": "fewer than 10 answers"}, "after": 40}


@pytest.mark.parametrize(
    ("areas", "words"),
    [
        ({"place": []}, "comparison_areas of 'place' must be a list of its codes"),
        ({"place": [7]}, "comparison_areas of 'place' name 7; its codes are 1, 2"),
        ({"town": ["Dale"]}, "unknown column 'town' in comparison_areas; choose a coded column"),
        (["place"], "comparison_areas must map one column to its levels"),
        ({"place": [2], "sex": [1]}, "comparison_areas must map one column to its levels"),
        ({"place": [1, 2]}, "before: column 'place' has nobody in the initiative's areas"),
    ],
)
def test_comparison_areas_that_name_nothing_are_refused(areas: Any, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        compare(wave(1), wave(2), comparison_areas=areas)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        (["Dael"], "comparison_areas names 'Dael', which stands in neither wave's column 'town'"),
        ([], "comparison_areas of 'town' must be a list of its areas"),
    ],
)
def test_a_name_that_no_row_has_is_refused(levels: list[str], words: str) -> None:
    before, after = wave(1), wave(2)
    for cells in (before, after):
        cells["town"] = ["Hill" if code == 1 else "Dale" for code in cells["place"]]
    with pytest.raises(Refusal) as refused:
        compare(before, after, area="town", comparison_areas={"town": levels})
    assert words in str(refused.value)


def test_a_wave_without_the_comparison_area_leaves_a_reason_beside_the_headline() -> None:
    before, after = wave(1), wave(2)
    after["place"] = [1] * 200
    document = compare(before, after)
    assert "nobody answered" in document["areas"]["comparisons"]["not_estimable"]
    assert isinstance(document["comparisons"][0]["verdict"], str)
    released = release(document)
    assert "too few answers" in released["areas"]["comparisons"]["suppressed"]


def test_a_comparison_area_whose_design_is_refused_leaves_the_reason() -> None:
    before, after = wave(1), wave(2)
    before["place"] = [2, *[1] * 199]
    told = compare(before, after)["areas"]["comparisons"]["not_estimable"]
    assert told == (
        "comparison areas, before: the wave has one respondent; nothing shows how answers vary"
    )


def test_every_language_has_every_word() -> None:
    assert WORDS.keys() == LANGUAGES.keys()
    for words in WORDS.values():
        assert set(words.claims) == set(VERDICTS)
    assert {language for language, w in WORDS.items() if w.status == "draft"} == {"es", "ar", "vi"}


def test_a_share_is_told_in_percentage_points() -> None:
    plan = {"primary": [{"outcome": "a", "measure": "share"}], "smallest_change": {}}
    told = _beside(compare(wave(1, 600), wave(2, 600, here=0.8), **plan))
    assert "percentage points up" in told["sentence"]
    assert "“a 4” / “a 5”" in told["sentence"]


def test_a_number_without_ends_can_be_set_beside_too() -> None:
    before, after = ({"y": [*range(40)], "town": ["x", "z"] * 20} for _ in range(2))
    after["y"] = [value + 1 for value in before["y"]]
    numbers: Codebook = book(number("y"), question("q"))
    for cells in (before, after):
        cells["q"] = [1, 2, 3, 4] * 10
    plan = {"primary": ["y"], "area": "town", "comparison_areas": {"town": ["z"]}}
    document = compare_files(numbers, table(before), table(after), plan=plan)
    assert _beside(document)["difference"]["estimate"] == pytest.approx(0, abs=1e-12)
    json.dumps(release(document), allow_nan=False)
