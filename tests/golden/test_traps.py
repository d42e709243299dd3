"""Traps seen in published data, where no other test holds them: docs/traps.md names all twelve."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

from analysis.refusals import Refusal
from analysis.report import compare_files
from app.instruments.codebook import all_columns
from app.instruments.load import load_instrument
from app.instruments.load.problems import InstrumentProblems
from app.instruments.load.shipped import shipped_instruments
from tests.unit.analysis.books import book, question, scale, table

ITEM: Final = book(question("q", favourable=(4, 5)))
SURVEYS: Final = Path(__file__).parents[2] / "surveys"
Cells = dict[str, list[Any]]


def _answers(rng: np.random.Generator, n: int, lift: float = 0.0) -> list[int]:
    drawn: list[int] = np.clip(np.round(3 + lift + rng.normal(size=n)), 1, 5).astype(int).tolist()
    return drawn


def test_an_id_that_never_links_is_refused_and_never_told_as_nobody_linked() -> None:
    """Sao Paulo: `panelid` looks like the person and is unique in every row; `quest` is it."""
    rng = np.random.default_rng(7)
    waves = [
        {"q": _answers(rng, 200), "panelid": [f"{wave}{i}" for i in range(200)]}
        for wave in ("a", "b")
    ]
    with pytest.raises(Refusal, match="'panelid', named as person_code, links nobody") as refused:
        compare_files(ITEM, *map(table, waves), plan={"person_code": "panelid"})
    assert "check that it is the person's code, or leave it out of the plan" in str(refused.value)
    for wave in waves:
        wave["quest"] = [f"p{i}" for i in range(200)]
        del wave["panelid"]
    linked = compare_files(ITEM, *map(table, waves), plan={"person_code": "quest"})
    assert linked["design"]["waves_share_psus"] is True


def _areas(rng: np.random.Generator, lift: float) -> Cells:
    """Fourteen areas of 120 people, nothing changed in any but by chance."""
    cells: Cells = {"q": [], "area": []}
    for area in range(14):
        cells["q"] += _answers(rng, 120, lift)
        cells["area"] += [f"area {area}"] * 120
    return cells


def test_fourteen_areas_are_one_family_adjusted_and_told_as_exploratory() -> None:
    """A Scottish table flags 3 of 14 areas at 5 % each without correction."""
    plan = {"area": "area", "subgroups": ["area"]}
    flagged, still_flagged = 0, 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        waves = table(_areas(rng, 0.0)), table(_areas(rng, 0.0))
        document = compare_files(ITEM, *waves, plan=plan)
        areas = [c for c in document["comparisons"] if c["group"] and c["measure"] == "mean"]
        assert len(areas) == 14
        assert {c["change"]["family"] for c in areas} == {"subgroups"}
        assert all("exploratory subgroup, adjusted" in c["sentence"] for c in areas)
        flagged += any(c["change"]["p"] < 0.05 for c in areas)
        still_flagged += any(c["change"]["p_adjusted"] < 0.05 for c in areas)
    assert flagged >= 10
    assert still_flagged <= 6


def test_the_planned_outcome_leads_however_the_others_came_out() -> None:
    """Six tests of one panel give p from .010 to .69: what leads was fixed before."""
    rng = np.random.default_rng(3)
    codebook = book(
        question("lead", favourable=(4, 5)), question("loud"), scales=[scale("both", ["loud"])]
    )
    before = {"lead": _answers(rng, 300), "loud": _answers(rng, 300)}
    after = {"lead": _answers(rng, 300), "loud": _answers(rng, 300, 1.0)}
    document = compare_files(codebook, table(before), table(after), plan={"primary": ["lead"]})
    main = [c for c in document["comparisons"] if c["change"]["family"] == "primary"]
    assert [(c["outcome"], c["measure"]) for c in main] == [("lead", "mean")]
    assert main[0]["verdict"] == "cannot_tell"
    others = [c for c in document["comparisons"] if c["change"]["family"] != "primary"]
    assert any(c["verdict"].startswith("rose") for c in others)
    assert all("exploratory" in c["sentence"] for c in others)


def test_fewer_of_what_is_bad_is_good_news() -> None:
    """ "Down by 9" on "they neglect what matters" is an improvement."""
    codebook = book(question("neglect", favourable=(1, 2)), question("fair", favourable=(4, 5)))
    rng = np.random.default_rng(5)
    waves = [
        {"neglect": _answers(rng, 400, -lift), "fair": _answers(rng, 400, lift)}
        for lift in (0.0, 0.5)
    ]
    document = compare_files(codebook, *map(table, waves))
    told = {c["outcome"]: c for c in document["comparisons"] if c["measure"] == "mean"}
    assert told["neglect"]["verdict"].startswith("fell")
    assert told["neglect"]["higher_is_favourable"] is False
    assert told["fair"]["verdict"].startswith("rose")
    assert told["fair"]["higher_is_favourable"] is True


@pytest.mark.parametrize("instrument", shipped_instruments(), ids=lambda i: i.id)
def test_codes_of_every_rating_that_ships_are_equally_spaced(instrument: Any) -> None:
    """A public dashboard codes five answers .1, .2, .4, .6 and .8, and elsewhere otherwise."""
    ratings = [column for column in all_columns(instrument) if column.level == "ordinal"]
    assert ratings
    for column in ratings:
        steps = np.diff(sorted(column.valid_codes))
        assert set(steps) == {1}, column.id
    ends = {column.id: (min(column.valid_codes), max(column.valid_codes)) for column in ratings}
    for one in instrument.scales:
        assert {ends[item] for item in one.items} == {tuple(one.range)}, one.id


def test_a_code_that_is_no_whole_number_is_refused() -> None:
    text = (SURVEYS / "core_trust.yaml").read_text("utf-8")
    assert "{code: 2," in text
    with pytest.raises(InstrumentProblems):
        load_instrument(text.replace("{code: 2,", "{code: .2,", 1), source="core_trust.yaml")


def test_people_of_one_household_are_counted_as_one_draw() -> None:
    """New Haven: 2,013 people of 1,852 households, who think alike more than strangers do."""
    rng = np.random.default_rng(12)
    households, doubled = 400, 160
    waves = []
    for wave in ("before", "after"):
        shared = rng.normal(size=households)
        home = np.concatenate([np.arange(households), np.arange(doubled)])
        answers = np.round(3 + 0.95 * shared[home] + 0.2 * rng.normal(size=len(home)))
        waves.append(
            {
                "q": np.clip(answers, 1, 5).astype(int).tolist(),
                "home": [f"{wave} {number}" for number in home],
            }
        )
    files = [table(wave) for wave in waves]
    alone = compare_files(ITEM, *(table({"q": wave["q"]}) for wave in waves))
    together = compare_files(ITEM, *files, plan={"psu": "home"})
    assert together["design"]["psus"] == 2 * households
    change, naive = (d["comparisons"][0]["change"] for d in (together, alone))
    assert change["estimate"] == pytest.approx(naive["estimate"])
    assert change["se"] > 1.1 * naive["se"]
    assert change["df"] <= 2 * households - 2 < naive["df"]
