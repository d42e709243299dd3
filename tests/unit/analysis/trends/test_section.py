"""The course over all waves in the report of two of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from analysis.codebook import Codebook
from analysis.narrative import Shown
from analysis.trends.document import compare_many
from analysis.trends.fieldwork import FieldedWave
from analysis.trends.sentences import WORDS, tell_trend
from analysis.trends.verdicts import TREND_VERDICTS
from analysis.variance import VARIANCES
from tests.unit.analysis.areas import places
from tests.unit.analysis.books import table
from tests.unit.analysis.planned import Cells, by_age, codebook
from tests.unit.analysis.trends.courses import MONTHS, SMALLEST, initiative, report, three

NUMBERS: Final = ("slope", "omnibus", "waves")


def _lead(document: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = document["trend"]["trends"][0]
    assert told["outcome"] == "trust"
    return told


def _reason(document: dict[str, Any]) -> str:
    (reason,) = document["trend"].values()
    return str(reason)


def test_without_other_waves_there_is_no_course() -> None:
    assert report(three()[1:])["trend"] is None


@pytest.mark.parametrize("variance", VARIANCES)
def test_the_section_tells_what_all_waves_together_show(variance: str) -> None:
    cells = three()
    document = report(cells, plan=SMALLEST, variance=variance)
    times = [wave["time"] for wave in document["trend"]["waves"]]
    fielded = [
        FieldedWave(name, time, table(columns), codebook())
        for name, time, columns in zip(MONTHS, times, cells, strict=True)
    ]
    alone = compare_many(fielded, plan=SMALLEST, variance=variance)["trends"][0]
    told = _lead(document)
    assert {part: told[part] for part in NUMBERS} == {part: alone[part] for part in NUMBERS}
    assert told["contrasts"][0]["change"] == alone["contrasts"][0]["change"]
    assert told["verdict"] == "moved"


def test_waves_stand_in_the_order_of_time_under_their_labels() -> None:
    labels = {"earlier_1": {"en": "Winter"}, "before": {"en": "Spring"}}
    waves = report(three(), facts=initiative(labels=labels))["trend"]["waves"]
    assert [wave["name"] for wave in waves] == ["earlier_1", "before", "after"]
    assert [wave["label"] for wave in waves] == [{"en": "Winter"}, {"en": "Spring"}, "after"]
    assert [wave["n"] for wave in waves] == [150, 160, 170]
    assert [round(wave["time"], 3) for wave in waves] == [0, round(59 / 30.4375, 3), 7.984]


def test_a_wave_between_the_two_stands_between_them() -> None:
    facts = initiative()
    facts["dates"]["earlier_1"] = {"first": "2026-05-01", "last": "2026-05-31"}
    document = report(three(), facts=facts)
    assert [wave["name"] for wave in document["trend"]["waves"]] == ["before", "earlier_1", "after"]
    pairs = [(one["earlier"], one["later"]) for one in _lead(document)["contrasts"]]
    assert pairs == [(0, 1), (1, 2)]


def test_the_pair_that_the_report_compares_is_not_told_twice() -> None:
    document = report(three())
    told = _lead(document)
    assert [(one["earlier"], one["later"]) for one in told["contrasts"]] == [(0, 1), (0, 2)]
    main = document["comparisons"][0]
    for wave, name in ((1, "before"), (2, "after")):
        assert told["waves"][wave]["estimate"] == pytest.approx(main[name]["estimate"], rel=1e-12)
    assert told["smallest_change"] == main["smallest_change"]


def test_the_waves_of_the_report_keep_their_weights_and_the_others_meet_the_same_levels() -> None:
    """Few old people in the earlier wave: alone they would be joined with others."""
    cells = three(300)
    cells[0]["age"] = [3] * 20 + [1, 2] * 140
    plan = {**by_age(30, 40, 30, trim=None), **SMALLEST}
    document = report(cells, plan=plan)
    told, main = _lead(document), document["comparisons"][0]
    for position, name in ((1, "before"), (2, "after")):
        estimate = told["waves"][position]["estimate"]
        assert estimate == pytest.approx(main[name]["estimate"], rel=1e-12)
    old = sum(v for v, age in zip(_scores(cells[0]), cells[0]["age"], strict=True) if age == 3) / 20
    rest = [
        [v for v, age in zip(_scores(cells[0]), cells[0]["age"], strict=True) if age == code]
        for code in (1, 2)
    ]
    young, middle = (sum(values) / len(values) for values in rest)
    wanted = 0.3 * young + 0.4 * middle + 0.3 * old
    assert told["waves"][0]["estimate"] == pytest.approx(wanted, rel=1e-9)


def _scores(cells: Cells) -> list[float]:
    rows = zip(*(cells[item] for item in "abcd"), strict=True)
    return [sum(row) / 4 for row in rows]


def test_with_comparison_areas_the_course_is_of_the_initiatives_areas() -> None:
    cells = [places.wave(i, 300, here=0.4 * i, there=-0.4 * i) for i in range(3)]
    books = [places.codebook()] * 3
    document = report(cells, plan=places.PLAN, books=books)
    alone = report([places.only(one, 1) for one in cells], plan=SMALLEST, books=books)
    told, wanted = _lead(document), _lead(alone)
    assert {part: told[part] for part in NUMBERS} == {part: wanted[part] for part in NUMBERS}
    nowhere = [places.only(cells[0], 2), *cells[1:]]
    assert "has nobody in the initiative's areas" in _reason(
        report(nowhere, plan=places.PLAN, books=books)
    )


def test_contrasts_of_the_plan_are_told_where_they_fit_the_waves() -> None:
    contrasts = {"later": [-1, 0.5, 0.5], "of four": [-1, 0, 0, 1]}
    (own,) = _lead(report(three(), plan={"contrasts": contrasts, **SMALLEST}))["named_contrasts"]
    assert (own["name"], own["coefficients"]) == ("later", [-1.0, 0.5, 0.5])


def test_waves_reached_otherwise_are_not_called_different() -> None:
    modes = {"earlier_1": ["paper"], "before": ["phone_web"], "after": ["phone_web"]}
    books, cells = [places.codebook()] * 3, [places.wave(i, here=0.3 * i) for i in range(3)]
    document = report(cells, plan=SMALLEST, facts=initiative(modes=modes), books=books)
    told = _lead(document)
    assert told["verdict"] == "not_comparable"
    assert [one["verdict"] for one in told["contrasts"]] == ["not_comparable"] * 2
    assert document["comparisons"][0]["verdict"] != "not_comparable"
    for part in (told, *told["contrasts"]):
        assert "people answered in different ways" in part["because"]["en"]
        assert part["because"]["en"] in part["sentence"]


def test_the_way_of_the_sheets_themselves_counts_too() -> None:
    cells = three()
    for one, mode in zip(cells, (1, 1, 2), strict=True):
        one["paradata.mode"] = [mode] * len(one["a"])
    told = _lead(report(cells, plan=SMALLEST))
    assert [one["verdict"] == "not_comparable" for one in told["contrasts"]] == [False, True]
    assert told["verdict"] == "not_comparable"


def test_probability_samples_throughout_speak_for_residents() -> None:
    every = dict.fromkeys(MONTHS, "probability")
    trend = report(three(), facts=initiative(sampling=every))["trend"]
    assert trend["grade"] == "A"
    assert "among residents, " in trend["trends"][0]["sentence"]
    planned = report(three(), plan={"sampling": "probability"}, facts=initiative())["trend"]
    assert planned["grade"] == "A"
    some = {**every, "earlier_1": "open"}
    assert report(three(), facts=initiative(sampling=some))["trend"]["grade"] == "C"


def _with_wording(book: Codebook, item: str) -> Codebook:
    """Another question under the same name."""
    variables = tuple(
        replace(v, comparability_key="other/1") if v.id == item else v for v in book.variables
    )
    return replace(book, variables=variables)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"facts": {}}, "when each wave was fielded is not known"),
        ({"days": "2026-03-15"}, "must rise from wave to wave"),
        ({"book": "a"}, "a main outcome was not asked alike in all waves"),
        ({"answers": {"age": [9] * 150}}, "is not a code of this question"),
        ({"plan": by_age(98, 1, 1, trim=None)}, "margins could not be met in these samples"),
        (
            {"answers": {"age": [None] * 150}, "plan": by_age(30, 40, 30)},
            "earlier_1: 'age' was left out: too many did not give it",
        ),
        (
            {"answers": {"age": [1, 2] * 75}, "plan": by_age(30, 40, 30)},
            "the population margins cannot be met",
        ),
        (
            {"answers": {"age": [1, 2] * 74 + [3, 3]}, "plan": by_age(30, 40, 30, trim=None)},
            "earlier_1: the weights are too unequal",
        ),
    ],
)
def test_what_cannot_be_told_says_why(change: dict[str, Any], words: str) -> None:
    cells, facts = three(), change.get("facts", initiative())
    cells[0] |= change.get("answers", {})
    if "days" in change:
        facts["dates"]["earlier_1"] = {"first": change["days"], "last": change["days"]}
    books = [codebook()] * 3
    if "book" in change:
        books[0] = _with_wording(books[0], change["book"])
    document = report(cells, plan=change.get("plan"), facts=facts, books=books)
    assert words in _reason(document)
    assert document["comparisons"]


def test_an_area_that_was_not_asked_before_stops_the_course_alone() -> None:
    cells = [places.wave(i, 300) for i in range(3)]
    books = [_with_wording(places.codebook(), "place"), places.codebook(), places.codebook()]
    document = report(cells, plan=places.PLAN, books=books)
    assert _reason(document) == "the area was not asked alike in all waves"


def test_two_waves_that_nothing_links_are_not_set_against_each_other() -> None:
    """People are linked over the outer waves only: the engine refuses the inner pairs."""
    cells = three()
    for wave, one in enumerate(cells):
        one["code"] = [f"{'x' if wave == 1 else 'p'}{i}" for i in range(len(one["a"]))]
    fielded = [
        FieldedWave(name, float(i), table(one), codebook())
        for i, (name, one) in enumerate(zip(MONTHS, cells, strict=True))
    ]
    told = compare_many(fielded, plan={"person_code": "code", **SMALLEST})["trends"][0]
    verdicts = [one["verdict"] for one in told["contrasts"]]
    assert ["not_estimable" in verdict for verdict in verdicts] == [True, True, False]
    assert "links nobody" in verdicts[0]["not_estimable"] or "person" in str(verdicts[0])


@pytest.mark.parametrize("language", WORDS)
def test_every_language_has_words_for_every_verdict(language: str) -> None:
    words = WORDS[language]
    assert set(words.claims) == set(TREND_VERDICTS)
    assert set(words.lines) == {"month", "any"}
    assert words.status == ("original" if language == "en" else "draft")
    lead = _lead(report(three(), plan=SMALLEST))
    told = lead["sentences"][language]
    assert not any(mark in told for mark in "{}")
    line = words.lines["month"].split("{", maxsplit=1)[0]
    assert line in told
    without = {**lead, "slope": {"not_estimable": "no"}}
    assert line not in tell_trend(without, Shown(), "C", "month")[language]
