"""PSPP and R's haven read what we wrote. Run where these programs are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.app.exports.tables import full_table
from tests.unit.app.exports.test_round_trips import kept

pytestmark = pytest.mark.proof

HAVEN = """
suppressPackageStartupMessages(library(haven))
argv <- commandArgs(TRUE)
sav <- read_sav(argv[1], user_na = TRUE); dta <- read_dta(argv[2])
cat(nrow(sav), nrow(dta), "\n")
cat(format(as.numeric(sav$t1)), "\n")
cat(attr(sav$t1, "na_range"), "\n")
cat(attr(sav$t1, "label"), "\n", sep = "")
cat(names(attr(sav$t1, "labels"))[1], "\n", sep = "")
cat(ifelse(is.na(na_tag(dta$t1)), as.numeric(dta$t1), na_tag(dta$t1)), "\n")
cat(mean(dta$t1, na.rm = TRUE), "\n")
"""


def _has_haven() -> bool:
    asked = ["Rscript", "-e", "library(haven)"]
    return shutil.which("Rscript") is not None and (
        subprocess.run(asked, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed
    )


def _said_by(arguments: list[str]) -> str:
    run = subprocess.run(  # noqa: S603 - programs of the machine, files of this test
        arguments,
        capture_output=True,
        check=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/local/bin:/usr/bin:/bin"},
    )
    return run.stdout.decode()


def _answers_to_t1() -> list[int | None]:
    table = full_table()
    place = next(i for i, v in enumerate(table.columns) if v.id == "t1")
    return [row[place] for row in table.rows()]


@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")
def test_pspp_reads_values_labels_and_missing_codes(tmp_path: Path) -> None:
    syntax = tmp_path / "read.sps"
    syntax.write_text(
        f"GET FILE='{kept(tmp_path, 'sav')}'.\n"
        "DISPLAY DICTIONARY /VARIABLES=t1.\nLIST /VARIABLES=t1.\nDESCRIPTIVES /VARIABLES=t1.\n"
    )
    said = _said_by(["pspp", "-O", "format=csv", str(syntax)])
    item = next(v for v in full_table().columns if v.id == "t1")
    assert item.text["ar"] in said
    assert all(c.label["ar"] in said for c in item.categories)
    assert "-4 THRU -1" in said
    listed = said.partition("Data List")[2].partition("\n\n")[0].split()[1:]
    assert listed == ["." if cell is None else str(cell) for cell in _answers_to_t1()]
    valid = [cell for cell in _answers_to_t1() if cell is not None and cell > 0]
    assert f",{len(valid)},{sum(valid) / len(valid):.2f}," in said


@pytest.mark.skipif(not _has_haven(), reason="R's package haven is not installed")
def test_haven_reads_values_labels_and_missing_codes(tmp_path: Path) -> None:
    script = tmp_path / "read.R"
    script.write_text(HAVEN)
    files = [str(kept(tmp_path, kind)) for kind in ("sav", "dta")]
    said = _said_by(["Rscript", "--vanilla", str(script), *files]).splitlines()
    answers = _answers_to_t1()
    item = next(v for v in full_table().columns if v.id == "t1")
    assert said[0].split() == [str(len(answers))] * 2
    assert said[1].split() == ["NA" if cell is None else str(cell) for cell in answers]
    assert said[2].split() == ["-4", "-1"]
    assert said[3:5] == [item.text["ar"], item.categories[0].label["ar"]]
    letters = {-1: "a", -2: "b", -3: "c", -4: "d", None: "NA"}
    assert said[5].split() == [letters.get(cell, str(cell)) for cell in answers]
    valid = [cell for cell in answers if cell is not None and cell > 0]
    assert float(said[6]) == pytest.approx(sum(valid) / len(valid))
