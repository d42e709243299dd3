"""Three waves and more as a document, and at a shell."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from analysis.__main__ import main
from analysis.comparisons.contrast import Change
from analysis.comparisons.trend import Omnibus, Trend, compare_trend
from analysis.dataset import read_wave
from analysis.design import label_waves
from analysis.plan import read_plan
from analysis.refusals import Refusal
from analysis.report import compare_files
from analysis.scales import scale_scores
from analysis.trends.document import compare_many
from analysis.trends.fieldwork import FieldedWave
from analysis.variance import VARIANCES
from tests.unit.analysis.books import book, number, table
from tests.unit.analysis.planned import Cells, codebook, wave

TIMES: Final = (0.0, 6.0, 14.0)


def _fielded(waves: Sequence[Cells], times: Sequence[float] = TIMES) -> list[FieldedWave]:
    return [
        FieldedWave(f"{time:g}", time, table(cells), codebook())
        for time, cells in zip(times, waves, strict=True)
    ]


def _waves(n: int = 150) -> list[Cells]:
    return [wave(i, n + 10 * i, lift=0.3 * i) for i in range(3)]


def _trust(document: dict[str, Any]) -> dict[str, Any]:
    lead: dict[str, Any] = document["trends"][0]
    assert lead["outcome"] == "trust"
    return lead


@pytest.mark.parametrize("variance", VARIANCES)
def test_the_document_tells_what_compare_trend_finds(variance: str) -> None:
    waves, book = _waves(), codebook()
    contrasts = {"two against one": [-1.0, 0.5, 0.5]}
    plan = {"contrasts": contrasts, "smallest_change": {"trust": 0.2}}
    told = _trust(compare_many(_fielded(waves), plan=plan, variance=variance))
    columns = read_plan(plan, book).columns
    read = [read_wave("w", table(cells), book, columns) for cells in waves]
    design = label_waves(read, ["0", "6", "14"], columns)
    scores = np.concatenate([scale_scores(w, book.scales[0], book) for w in read])
    rows = np.split(np.arange(len(scores)), np.cumsum(design.wave_sizes)[:-1])
    found = compare_trend(scores, rows, TIMES, design, VARIANCES[variance], named=contrasts)
    assert isinstance(found, Trend)
    assert isinstance(found.slope, Change)
    assert isinstance(found.omnibus, Omnibus)
    assert told["slope"]["estimate"] == found.slope.estimate
    assert told["omnibus"]["p"] == found.omnibus.p
    assert told["omnibus"]["p_adjusted"] == told["omnibus"]["p"]
    assert [c["change"]["p_adjusted"] for c in told["contrasts"]] == [
        planned.p_adjusted for planned in found.contrasts
    ]
    (own,) = told["named_contrasts"]
    assert own["coefficients"] == [-1.0, 0.5, 0.5]
    means = [estimate["estimate"] for estimate in told["waves"]]
    wanted = -means[0] + 0.5 * means[1] + 0.5 * means[2]
    assert own["change"]["estimate"] == pytest.approx(wanted, rel=1e-12)
    json.dumps(told, allow_nan=False)


def test_two_of_the_waves_compare_as_two_waves_do() -> None:
    waves = _waves()
    told = _trust(compare_many(_fielded(waves)))
    alone = compare_files(codebook(), table(waves[0]), table(waves[1]))["comparisons"][0]
    for estimate, wanted in zip(told["waves"], (alone["before"], alone["after"]), strict=False):
        for key in ("estimate", "se", "ci_low", "n", "n_eff"):
            assert estimate[key] == pytest.approx(wanted[key], rel=1e-12)
    first = told["contrasts"][0]
    assert (first["earlier"], first["later"]) == (0, 1)
    for key in ("estimate", "se", "df", "ci_low"):
        assert first["change"][key] == pytest.approx(alone["change"][key], rel=1e-12)
    assert first["verdict"] == alone["verdict"]
    assert "on a scale from 1 to 5" in first["sentences"]["en"]


def test_contrasts_are_adjusted_together_with_those_of_the_plan() -> None:
    plain, more = (
        _trust(compare_many(_fielded(_waves()), plan=plan))
        for plan in (None, {"contrasts": {"last": [0, -1, 1]}})
    )
    assert [c["change"]["p"] for c in plain["contrasts"]] == [
        c["change"]["p"] for c in more["contrasts"]
    ]
    smallest = min(range(3), key=lambda i: plain["contrasts"][i]["change"]["p"])
    p = plain["contrasts"][smallest]["change"]["p"]
    assert plain["contrasts"][smallest]["change"]["p_adjusted"] == pytest.approx(3 * p)
    assert more["contrasts"][smallest]["change"]["p_adjusted"] == pytest.approx(4 * p)


def test_all_waves_are_brought_to_one_population() -> None:
    """Weighted by its own answers, an outcome cannot move."""
    shares = {str(code): 20 for code in range(1, 6)}
    plan = {"weighting": {"margins": {"a": shares}, "trim": None}}
    document = compare_many(_fielded(_waves(900)), plan=plan)
    item = next(t for t in document["trends"] if (t["outcome"], t["measure"]) == ("a", "mean"))
    assert [round(estimate["estimate"], 8) for estimate in item["waves"]] == [3.0] * 3
    assert all(told["n_eff"] < told["n"] for told in document["waves"])


def test_exploratory_outcomes_are_adjusted_over_all_of_them() -> None:
    document = compare_many(_fielded(_waves()))
    assert [t["family"] for t in document["trends"][:2]] == ["primary", "exploratory"]
    tests = [t["slope"] for t in document["trends"] if t["family"] == "exploratory"]
    assert max(t["p_adjusted"] for t in tests) >= max(t["p"] for t in tests)
    assert all(t["p_adjusted"] >= t["p"] for t in tests)


def test_linked_people_and_strata_are_labelled_as_in_two_waves() -> None:
    waves = _waves(60)
    for cells in waves:
        cells["code"] = [f"p{i}" if i < 50 else "" for i in range(len(cells["a"]))]
    linked = _trust(compare_many(_fielded(waves), plan={"person_code": "code"}))
    for cells in waves:
        del cells["code"]
    alone = _trust(compare_many(_fielded(waves)))
    assert linked["slope"]["estimate"] == alone["slope"]["estimate"]
    assert linked["slope"]["se"] != alone["slope"]["se"]


def test_an_outcome_that_cannot_be_told_carries_its_reason() -> None:
    waves = _waves()
    for item in ("a", "b", "c", "d"):
        waves[1][item] = [None] * len(waves[1][item])
    document = compare_many(_fielded(waves))
    told = _trust(document)
    nothing = {"not_estimable": "wave 2: no answer"}
    assert [told[part] for part in ("slope", "omnibus", "verdict")] == [nothing] * 3
    assert (told["waves"], told["contrasts"], told["named_contrasts"]) == ([], [], [])
    assert "(ronda 2: ninguna respuesta)" in told["sentences"]["es"]


def test_constant_answers_have_no_test_and_no_verdict() -> None:
    waves = _waves()
    for cells in waves[:2]:
        for item in ("a", "b", "c", "d"):
            cells[item] = [3] * len(cells[item])
    told = _trust(compare_many(_fielded(waves)))
    assert "not_estimable" in told["contrasts"][0]["change"]
    assert "every answer" in told["contrasts"][1]["verdict"]["not_estimable"]
    json.dumps(told, allow_nan=False)


def test_numbers_that_never_spread_have_no_smallest_change() -> None:
    waves = _waves()
    for cells in waves[:2]:
        for item in ("a", "b", "c", "d"):
            cells[item] = [3] * len(cells[item])
    plan = {"contrasts": {"still": [-1, 1, 0]}, "smallest_change": {"trust": 0.2}}
    told = _trust(compare_many(_fielded(waves), plan=plan))
    assert "not_estimable" in told["named_contrasts"][0]["change"]


def test_a_wave_that_one_block_carries_alone_has_no_estimate_and_no_contrast() -> None:
    waves = _waves()
    for cells in waves:
        cells["block"] = [f"b{i % 6}" for i in range(len(cells["a"]))]
    for item in ("a", "b", "c", "d"):
        pairs = zip(waves[1]["block"], waves[1][item], strict=True)
        waves[1][item] = [answer if block == "b0" else None for block, answer in pairs]
    told = _trust(compare_many(_fielded(waves), plan={"psu": "block"}))
    assert told["waves"][1] == {"not_estimable": "one PSU holds all the answers"}
    kinds = ["estimate" in contrast["change"] for contrast in told["contrasts"]]
    assert kinds == [False, False, True]
    assert "one PSU holds all the answers" in told["contrasts"][1]["sentences"]["en"]


def test_a_number_that_did_not_spread_at_first_has_no_change_that_matters() -> None:
    numbers = book(number("y"))
    answers = [7] * 30, [*range(30)], [*range(1, 31)]
    texts = [table({"y": column}) for column in answers]
    fielded = [
        FieldedWave(f"{t:g}", t, text, numbers) for t, text in zip(TIMES, texts, strict=True)
    ]
    (told,) = compare_many(fielded)["trends"]
    assert "not_estimable" in told["smallest_change"]
    assert told["contrasts"][1]["verdict"] == told["smallest_change"]
    assert "estimate" in told["contrasts"][1]["change"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"waves": 2}, "2 waves; give three or more"),
        ({"times": (0.0, 6.0, 6.0)}, "two waves have one name"),
        ({"times": (0.0, 6.0, 5.0)}, "must rise from wave to wave"),
        ({"plan": {"comparison_areas": {"sex": [2]}}}, "comparison_areas are for two waves"),
        ({"plan": {"contrasts": {"x": [1, -1]}}}, "the contrast 'x' has 2 coefficients for 3"),
        ({"plan": {"contrasts": {"x": [1, 1, 1]}}}, "coefficients of the contrast 'x' add up to 3"),
        ({"plan": {"contrasts": {"x": [0, 0, 0]}}}, "some must be above and some below 0"),
        ({"plan": {"contrasts": {"x": [1, "a", -1]}}}, "'x' must be a list of numbers"),
        ({"plan": {"contrasts": {"x": [True, 0, -1]}}}, "'x' must be a list of numbers"),
        ({"plan": {"contrasts": ["x"]}}, "contrasts must map a name to coefficients"),
        (
            {"plan": {"weighting": {"margins": {"sex": {"1": 8, "2": 92}}, "trim": None}}},
            "the weights are too unequal",
        ),
        (
            {"plan": {"weighting": {"margins": {"lives": {"1": 50, "2": 50}}}}},
            "population margins cannot be met",
        ),
    ],
)
def test_what_cannot_be_compared_is_refused(change: dict[str, Any], words: str) -> None:
    n = change.get("waves", 3)
    waves = _waves()[:n]
    if "margins" in str(change):
        for cells in waves:
            size = len(cells["a"])
            cells["sex"] = [1 if i > 40 else 2 for i in range(size)]
            cells["lives"] = [1] * 10 + [None] * (size - 10)
    with pytest.raises(Refusal) as refused:
        compare_many(_fielded(waves, change.get("times", TIMES)[:n]), plan=change.get("plan"))
    assert words in str(refused.value)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "codebook.json").write_text(json.dumps(codebook().to_dict()), encoding="utf-8")
    for time, cells in zip(TIMES, _waves(), strict=True):
        (tmp_path / f"{time:g}.csv").write_text(table(cells), encoding="utf-8")
    return tmp_path


def _run(folder: Path, *more: str) -> int:
    waves = [f"--wave={time:g}={folder / f'{time:g}.csv'}" for time in TIMES]
    return main(["trend", f"--codebook={folder / 'codebook.json'}", *waves, *more])


def test_the_command_tells_the_main_outcome_and_writes_the_rest(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = folder / "plan.yaml"
    plan.write_text("contrasts: {both later: [-1, 0.5, 0.5]}\n", encoding="utf-8")
    assert _run(folder, f"--plan={plan}", f"--json={folder / 'out.json'}") == 0
    told = capsys.readouterr().out
    assert "the average answer was not the same in all waves" in told
    assert "straight line through them: 0.0" in told
    assert " up a unit of time (95% interval " in told
    assert "0 to 6: “Trust”: among the people who answered" in told
    assert "0 to 14: " in told
    assert "both later: +0." in told
    assert "Further outcomes, exploratory: " in told
    document = json.loads((folder / "out.json").read_text("utf-8"))
    assert (document["schema"], len(document["waves"])) == ("rapport.trend/1", 3)
    plan.write_text("sampling: probability\n", encoding="utf-8")
    assert _run(folder, f"--plan={plan}") == 0
    assert "0 to 6: “Trust”: among residents" in capsys.readouterr().out


def test_the_command_says_why_an_outcome_is_not_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cells = _waves()[1]
    for item in ("a", "b", "c", "d"):
        cells[item] = [None] * len(cells[item])
    (folder / "6.csv").write_text(table(cells), encoding="utf-8")
    assert _run(folder) == 0
    told = capsys.readouterr().out
    assert "“Trust”: the waves cannot be set beside each other (wave 2: no answer)." in told


def test_the_command_tells_p_of_chance_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for i, time in enumerate(TIMES):
        cells = wave(i + 20, 150)
        (folder / f"{time:g}.csv").write_text(table(cells), encoding="utf-8")
    assert _run(folder) == 0
    told = capsys.readouterr().out
    assert "we cannot tell whether the average answer was different in any of the waves" in told
    assert "One test of any change: p = 0." in told


@pytest.mark.parametrize("given", ["before.csv", "x=before.csv", "6=", "nan=before.csv"])
def test_a_wave_without_its_time_is_refused(
    given: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(folder, f"--wave={given}") == 1
    assert f"--wave {given}: give a time and a file" in capsys.readouterr().err


def test_answers_are_never_written_over(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = (folder / "6.csv").read_bytes()
    assert _run(folder, f"--json={folder / '6.csv'}") == 1
    assert "this file is read" in capsys.readouterr().err
    assert (folder / "6.csv").read_bytes() == content


def test_the_command_says_why_a_contrast_of_the_plan_is_not_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two waves of equal answers: nothing shows how much they vary."""
    for name in ("0", "6"):
        cells = _waves()[0]
        for item in ("a", "b", "c", "d"):
            cells[item] = [3] * len(cells[item])
        (folder / f"{name}.csv").write_text(table(cells), encoding="utf-8")
    plan = folder / "plan.yaml"
    plan.write_text("contrasts: {still: [-1, 1, 0]}\n", encoding="utf-8")
    assert _run(folder, f"--plan={plan}") == 0
    assert "still: cannot be told (" in capsys.readouterr().out
