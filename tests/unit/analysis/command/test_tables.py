"""Answers from other programs' files, and what is said where they cannot be read."""

from __future__ import annotations

import math
import sys
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyreadstat
import pytest
from pyarrow import parquet

from analysis.command.tables import columns_as_csv, read_answers
from analysis.refusals import Refusal

COLUMNS = {"q": [1.0, math.nan, -2.0], "w": [0.5, 1, 2.25], "block": ["a", None, "c"]}
AS_CSV = "q,w,block\n1,0.5,a\n,1,\n-2,2.25,c\n"


def test_codes_are_whole_and_missing_is_empty() -> None:
    assert columns_as_csv(COLUMNS) == AS_CSV


def test_csv_is_read_as_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "a.CSV"
    path.write_text(AS_CSV, encoding="utf-8-sig")
    assert read_answers(path) == AS_CSV


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"files of this kind are not read; save it as one of \.csv"):
        read_answers(tmp_path / "answers.xlsx")


@pytest.mark.parametrize(
    ("suffix", "library"),
    [
        (".sav", "pyreadstat"),
        (".zsav", "pyreadstat"),
        (".dta", "pyreadstat"),
        (".parquet", "pyarrow"),
    ],
)
def test_without_its_library_a_file_says_what_to_install(
    tmp_path: Path, suffix: str, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (library, f"{library}.parquet"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(Refusal, match=f"need the library {library}, which is not installed"):
        read_answers(tmp_path / f"a{suffix}")


@pytest.fixture
def frame() -> pl.DataFrame:
    return pl.DataFrame(COLUMNS)


def test_spss_files_read_as_the_same_answers(tmp_path: Path, frame: pl.DataFrame) -> None:
    """A code that SPSS calls missing stays a code: the codebook knows what it means."""
    sav, zsav = tmp_path / "a.sav", tmp_path / "a.zsav"
    labels = {"q": {1: "Not at all", -2: "Prefer not to say"}}
    pyreadstat.write_sav(frame, sav, missing_ranges={"q": [-2]}, variable_value_labels=labels)
    pyreadstat.write_sav(frame, zsav, compress=True)
    assert read_answers(sav) == AS_CSV
    assert read_answers(zsav) == AS_CSV


def test_stata_files_read_as_the_same_answers(tmp_path: Path, frame: pl.DataFrame) -> None:
    labels = {"q": {1: "Not at all"}}
    pyreadstat.write_dta(frame, tmp_path / "a.dta", variable_value_labels=labels)
    assert read_answers(tmp_path / "a.dta") == AS_CSV


def test_parquet_files_read_as_the_same_answers(tmp_path: Path) -> None:
    parquet.write_table(pa.table(COLUMNS), tmp_path / "a.parquet")
    assert read_answers(tmp_path / "a.parquet") == AS_CSV


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".dta", ".parquet"])
def test_a_file_that_its_library_cannot_read_is_refused(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    with pytest.raises(FileNotFoundError):
        read_answers(path)
    path.write_text("q\n1\n", encoding="utf-8")
    with pytest.raises(Refusal, match=f"cannot be read as {suffix} \\(.+\\); save it again"):
        read_answers(path)
