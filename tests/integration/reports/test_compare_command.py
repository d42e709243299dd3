"""`rapport compare` on plain files: the numbers, the words, and what it says to bad input."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from tests.golden.sao_paulo import make_cases
from tests.integration.reports.rapport import ROOT, Ran, rapport

GOLDEN: Final = ROOT / "tests" / "golden" / "sao_paulo"
CASES: Final = [case["id"] for case in make_cases.cases()]
TOLERANCE: Final = 1e-9


def compare(folder: Path, *more: object, plan: bool = True) -> Ran:
    files = [
        *("--instrument", folder / "instrument.yaml"),
        *("--before", folder / "before.csv"),
        *("--after", folder / "after.csv"),
    ]
    return rapport("compare", *files, *(("--plan", folder / "plan.yaml") if plan else ()), *more)


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """A copy of one real comparison, to be spoilt."""
    folder = tmp_path / "case"
    shutil.copytree(GOLDEN / "fearpolgen_1_2", folder)
    return folder


def lead(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text("utf-8"))
    assert (document["schema"], document["document"]) == ("rapport.comparison/1", "computed")
    comparison: dict[str, Any] = document["comparisons"][0]
    return comparison


def close(ours: float, theirs: float) -> bool:
    return math.isclose(ours, theirs, rel_tol=TOLERANCE)


@pytest.mark.parametrize("name", CASES)
def test_the_default_is_welchs_test_to_nine_digits(name: str, tmp_path: Path) -> None:
    expected = json.loads((GOLDEN / name / "expected.json").read_text("utf-8"))
    ran = compare(GOLDEN / name, "--json", tmp_path / "out.json")
    assert ran.code == 0, ran.err
    found, welch = lead(tmp_path / "out.json"), expected["welch"]
    change, waves = found["change"], (found["before"], found["after"])
    assert [wave["n"] for wave in waves] == expected["n"]
    assert all(map(close, [wave["estimate"] for wave in waves], expected["mean"]))
    assert close(change["statistic"], welch["t"])
    assert close(change["df"], welch["df"])
    assert close(change["p"], welch["p"])
    assert all(map(close, [change["ci_low"], change["ci_high"]], welch["ci"]))


@pytest.mark.parametrize("name", CASES)
def test_taylor_keeps_se_and_t_and_takes_the_df_of_svyttest(name: str, tmp_path: Path) -> None:
    expected = json.loads((GOLDEN / name / "expected.json").read_text("utf-8"))
    ran = compare(GOLDEN / name, "--variance", "taylor", "--json", tmp_path / "out.json")
    assert ran.code == 0, ran.err
    change = lead(tmp_path / "out.json")["change"]
    assert close(change["statistic"], expected["welch"]["t"])
    assert change["df"] == sum(expected["n"]) - 3


@pytest.mark.parametrize(
    ("name", "smallest", "verdict"),
    [
        ("fearpolgen_1_2", 0.15, "fell_by_what_matters"),
        ("pj2_1_2", 0.15, "about_the_same"),
        ("pj2_1_2", 0.05, "cannot_tell"),
    ],
)
def test_the_verdict_hangs_on_the_change_that_matters(
    name: str, smallest: float, verdict: str, tmp_path: Path
) -> None:
    item = name.split("_", maxsplit=1)[0]
    plan = tmp_path / "plan.yaml"
    plan.write_text(f"primary: [{item}]\nsmallest_change: {{{item}: {smallest}}}\n")
    out = tmp_path / "out.json"
    ran = compare(GOLDEN / name, "--plan", plan, "--json", out, plan=False)
    assert ran.code == 0, ran.err
    assert lead(out)["verdict"] == verdict


def test_it_says_in_plain_words_what_changed_and_where_the_numbers_are(
    case: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    ran = compare(case, "--json", out)
    assert ran.out.startswith("“How much do you fear the police")
    assert lead(out)["sentence"] in ran.out
    assert "1181 answers before, 915 after" in ran.out
    assert "Smallest change that matters: 0.15 (set in the plan)." in ran.out
    assert f"Written: {out}" in ran.out


def test_without_a_plan_the_default_smallest_change_is_used_and_said(
    case: Path, tmp_path: Path
) -> None:
    ran = compare(case, "--json", tmp_path / "out.json", plan=False)
    assert "(default: the larger of 0.20 standard deviations" in ran.out
    document = json.loads((tmp_path / "out.json").read_text("utf-8"))
    assert document["plan"]["source"] == "default"
    assert {entry["source"] for entry in document["plan"]["smallest_changes"]} == {"default"}


def test_the_page_shows_what_may_be_released_and_no_more(case: Path, tmp_path: Path) -> None:
    book = tmp_path / "report.xlsx"
    ran = compare(case, "--html", tmp_path / "report.html", "--file", book)
    assert f"Written: {book}" in ran.out
    assert book.read_bytes().startswith(b"PK")
    assert ran.code == 0, ran.err
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "about 1180 answers before, about 915 after" in page
    assert "1181" not in page
    assert "Here a lower value is the better news." in page
    assert "How people were reached" in page


def test_scipys_slow_part_is_never_imported(case: Path) -> None:
    words = ["compare", "--instrument", case / "instrument.yaml", "--before", case / "before.csv"]
    words += ["--after", case / "after.csv", "--html", case / "report.html"]
    told = subprocess.run(  # noqa: S603 - this interpreter, our own command
        [sys.executable, "-X", "importtime", "-c", "from app.cli import main; main()", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    imported = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert "scipy.special" in imported
    assert imported.isdisjoint({"scipy.stats", "pandas", "sqlalchemy", "fastapi"})


def test_another_version_of_the_questionnaire_is_taken_for_the_before_wave(case: Path) -> None:
    older = case / "older.yaml"
    spoil(case / "instrument.yaml", "{id: fearpolgen, ", "{id: fearpolgen, comparability_key: x, ")
    shutil.copyfile(case / "instrument.yaml", older)
    spoil(older, "version: 1", "version: 2")
    ran = compare(case, "--instrument-before", older)
    assert ran.code == 0, ran.err
    assert "1181 answers before" in ran.out


def spoil(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def missing(case: Path) -> list[object]:
    (case / "after.csv").unlink()
    return []


def folder(case: Path) -> list[object]:
    (case / "after.csv").unlink()
    (case / "after.csv").mkdir()
    return []


def latin(case: Path) -> list[object]:
    (case / "after.csv").write_bytes("fearpolgen\n1\né\n".encode("latin-1"))
    return []


def empty(case: Path) -> list[object]:
    (case / "after.csv").write_text("")
    return []


def only_a_heading(case: Path) -> list[object]:
    (case / "after.csv").write_text("fearpolgen\n")
    return []


def unknown_code(case: Path) -> list[object]:
    (case / "after.csv").write_text("fearpolgen\n3\n9\n")
    return []


def unknown_column(case: Path) -> list[object]:
    (case / "before.csv").write_text("fearpolgen,q7\n3,1\n")
    return []


def unknown_plan_key(case: Path) -> list[object]:
    (case / "plan.yaml").write_text("primry: [fearpolgen]\n")
    return []


def plan_that_is_a_list(case: Path) -> list[object]:
    (case / "plan.yaml").write_text("- fearpolgen\n")
    return []


def plan_twice(case: Path) -> list[object]:
    (case / "plan.yaml").write_text("primary: [fearpolgen]\nprimary: [fearpolgen]\n")
    return []


def broken_instrument(case: Path) -> list[object]:
    (case / "instrument.yaml").write_text("id: [\n")
    return []


def other_instrument(_case: Path) -> list[object]:
    return ["--instrument-before", GOLDEN / "pj2_1_2" / "instrument.yaml"]


def changed_wording(case: Path) -> list[object]:
    older = case / "older.yaml"
    shutil.copyfile(case / "instrument.yaml", older)
    spoil(older, "How much do you fear", "How far do you fear")
    return ["--instrument-before", older]


def not_a_number(case: Path) -> list[object]:
    (case / "after.csv").write_text("fearpolgen\n3\nnan\n")
    return []


def infinite(case: Path) -> list[object]:
    (case / "after.csv").write_text("fearpolgen\n3\n2\n-Infinity\n")
    return []


def a_whole_page_in_a_cell(case: Path) -> list[object]:
    (case / "after.csv").write_text("fearpolgen\n3\n" + "word " * 10_000 + "\n")
    return []


def weighted(case: Path, weight: str) -> list[object]:
    (case / "before.csv").write_text("fearpolgen,w\n3,1\n2,1\n4,1\n")
    (case / "after.csv").write_text(f"fearpolgen,w\n3,1\n2,{weight}\n4,1\n")
    (case / "plan.yaml").write_text("weight: w\n")
    return []


def negative_weight(case: Path) -> list[object]:
    return weighted(case, "-0.5")


def weight_of_zero(case: Path) -> list[object]:
    return weighted(case, "0")


def one_respondent(case: Path) -> list[object]:
    (case / "after.csv").write_text("fearpolgen\n3\n")
    return []


def psu_in_two_strata(case: Path) -> list[object]:
    rows = "".join(f"{1 + i % 5},b{i % 7},{'NS'[i % 2]}\n" for i in range(28))
    for wave in ("before", "after"):
        (case / f"{wave}.csv").write_text(f"fearpolgen,block,zone\n{rows}")
    (case / "plan.yaml").write_text("psu: block\nstratum: zone\n")
    return []


def margins_short_of_everyone(case: Path) -> list[object]:
    margins = "{fearpolgen: {'1': 20, '2': 20, '3': 20, '4': 20, '5': 10}}"
    (case / "plan.yaml").write_text(f"weighting: {{margins: {margins}}}\n")
    return []


def unknown_outcome(case: Path) -> list[object]:
    (case / "plan.yaml").write_text("primary: [fearpolice]\n")
    return []


def unknown_areas(case: Path) -> list[object]:
    (case / "plan.yaml").write_text("comparison_areas: {town: [Dale]}\n")
    return []


def no_place_to_write(case: Path) -> list[object]:
    return ["--json", case / "nowhere" / "out.json"]


@pytest.mark.parametrize(
    ("spoilt", "where", "words"),
    [
        (missing, "after.csv", ["no such file", "Check its name"]),
        (folder, "after.csv", ["is a folder"]),
        (latin, "after.csv", ["Line 3 is not UTF-8", "Save the file anew"]),
        (empty, "after.csv", ["has no heading", "first row must hold the column names"]),
        (only_a_heading, "after.csv", ["wave is empty"]),
        (unknown_code, "after.csv", ["'fearpolgen', row 3", "'9' is not a code", "1, 2, 3, 4, 5"]),
        (unknown_column, "before.csv", ["'q7'", "remove it, or name it in the plan"]),
        (unknown_plan_key, "plan.yaml", ["'primry'", "known keys: primary"]),
        (plan_that_is_a_list, "plan.yaml", ["primary"]),
        (plan_twice, "plan.yaml", ["primary", ":2:"]),
        (broken_instrument, "instrument.yaml", [":"]),
        (other_instrument, "", ["do not match", "compare waves of one instrument"]),
        (changed_wording, "", ["'fearpolgen'", "wording or options differ"]),
        (no_place_to_write, "nowhere", ["cannot be written"]),
        (not_a_number, "after.csv", ["'fearpolgen', row 3", "'nan' is not a code"]),
        (infinite, "after.csv", ["'fearpolgen', row 4", "'-Infinity' is not a code"]),
        (a_whole_page_in_a_cell, "after.csv", ["row 3", "'word word word", " ...' is not a code"]),
        (negative_weight, "after.csv", ["'w', row 3", "'-0.5' is not above zero"]),
        (weight_of_zero, "after.csv", ["'w', row 3", "'0' is not above zero", "drop the row"]),
        (one_respondent, "after.csv", ["one respondent"]),
        (psu_in_two_strata, "", ["PSU 'b0' lies in two strata", "correct the stratum column"]),
        (margins_short_of_everyone, "", ["'fearpolgen' add up to 90"]),
        (unknown_outcome, "plan.yaml", ["unknown outcome 'fearpolice'", "fearpolgen"]),
        (unknown_areas, "plan.yaml", ["unknown column 'town' in comparison_areas"]),
    ],
)
def test_bad_input_is_told_with_file_place_and_remedy(
    spoilt: Any, where: str, words: list[str], case: Path
) -> None:
    ran = compare(case, *spoilt(case))
    assert ran.code == 1
    assert "Traceback" not in ran.err
    told = ran.err.strip().splitlines()[-1]
    assert where in told
    assert [word for word in words if word not in told] == []


def test_a_plan_in_yaml_or_json_weighs_both_waves_to_one_population(
    case: Path, tmp_path: Path
) -> None:
    """Weighted by its own answers, the outcome cannot change."""
    shares = {"1": 20, "2": 20, "3": 20, "4": 20, "5": 20}
    weighting = {"margins": {"fearpolgen": shares}, "trim": None}
    plan = {"primary": ["fearpolgen"], "weighting": weighting}
    (case / "plan.yaml").write_text(json.dumps(plan), encoding="utf-8")
    ran = compare(case, "--json", tmp_path / "out.json", "--html", tmp_path / "report.html")
    assert ran.code == 0, ran.err
    assert math.isclose(lead(tmp_path / "out.json")["change"]["estimate"], 0, abs_tol=1e-9)
    assert "How the answers were weighted" in (tmp_path / "report.html").read_text("utf-8")


def test_a_population_that_does_not_add_up_is_refused_with_the_plans_file(case: Path) -> None:
    lines = ("primary: [fearpolgen]", "weighting: {margins: {fearpolgen: {Sometimes: 100}}}")
    (case / "plan.yaml").write_text("\n".join(lines), encoding="utf-8")
    ran = compare(case)
    assert ran.code != 0
    assert f"{case / 'plan.yaml'}: weighting, margin 'fearpolgen', level 'Sometimes'" in ran.err


def test_constant_answers_are_told_as_telling_nothing(case: Path) -> None:
    for wave in ("before", "after"):
        (case / f"{wave}.csv").write_text("fearpolgen\n" + "3\n" * 40)
    ran = compare(case)
    assert ran.code == 0, ran.err
    assert "cannot be compared (every answer (or every PSU) is the same" in ran.out


def test_a_question_that_nobody_answered_is_told_by_its_wave(case: Path) -> None:
    (case / "after.csv").write_text("fearpolgen\n" + '""\n' * 40)
    ran = compare(case)
    assert ran.code == 0, ran.err
    assert "cannot be compared (after: no answer)" in ran.out


@pytest.mark.parametrize("option", ["--json", "--html"])
@pytest.mark.parametrize("name", ["before.csv", "after.csv", "plan.yaml", "instrument.yaml"])
def test_what_is_read_is_never_written_over(option: str, name: str, case: Path) -> None:
    content = (case / name).read_bytes()
    ran = compare(case, option, case / "." / name)
    assert ran.code == 1
    assert "this file is read; name another one to write" in ran.err
    assert (case / name).read_bytes() == content


def test_one_file_is_never_written_twice(case: Path) -> None:
    target = case / "out"
    ran = compare(case, "--json", target, "--html", case / "folder" / ".." / "out")
    assert ran.code == 1
    assert "this file would be written twice" in ran.err
    assert not target.exists()


def test_a_link_to_an_answer_file_is_that_file(case: Path) -> None:
    (case / "other.csv").hardlink_to(case / "after.csv")
    content = (case / "after.csv").read_bytes()
    ran = compare(case, "--json", case / "other.csv")
    assert ran.code == 1
    assert (case / "after.csv").read_bytes() == content
