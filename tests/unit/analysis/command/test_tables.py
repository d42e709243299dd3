"""Answers from other programs' files, and what is said where they cannot be read."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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


def _stands_for(name: str, **functions: Any) -> ModuleType:
    """Another project's library, where it is not installed: its calls as its manual has them."""
    library = ModuleType(name)
    for function, does in functions.items():
        setattr(library, function, does)
    return library


def _broken(*_: object, **__: object) -> None:
    raise ValueError("not such a file")


def _stand_in_for_parquet(monkeypatch: pytest.MonkeyPatch, read_table: Any) -> None:
    parquet = _stands_for("pyarrow.parquet", read_table=read_table)
    monkeypatch.setitem(sys.modules, "pyarrow", _stands_for("pyarrow", parquet=parquet))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", parquet)


class _ParquetTable:
    def to_pydict(self) -> dict[str, list[Any]]:
        return COLUMNS


def test_each_library_is_asked_for_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict[str, Any]] = []

    def read(_path: str, **options: Any) -> tuple[dict[str, list[Any]], None]:
        asked.append(options)
        return COLUMNS, None

    stata = _stands_for("pyreadstat", read_sav=read, read_dta=read)
    monkeypatch.setitem(sys.modules, "pyreadstat", stata)
    _stand_in_for_parquet(monkeypatch, lambda _: _ParquetTable())
    for suffix in (".sav", ".dta", ".parquet"):
        path = tmp_path / f"a{suffix}"
        path.touch()
        assert read_answers(path) == AS_CSV
    assert asked == [
        {"output_format": "dict", "user_missing": True},
        {"output_format": "dict"},
    ]


def test_what_a_library_cannot_read_is_refused_with_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", _stands_for("pyreadstat", read_sav=_broken))
    _stand_in_for_parquet(monkeypatch, _broken)
    for suffix in (".sav", ".parquet"):
        path = tmp_path / f"a{suffix}"
        with pytest.raises(FileNotFoundError):
            read_answers(path)
        path.touch()
        with pytest.raises(Refusal, match=f"cannot be read as {suffix} \\(not such a file\\)"):
            read_answers(path)


def test_real_files_read_as_the_same_answers(tmp_path: Path) -> None:
    """Where the libraries are installed."""
    parquet = pytest.importorskip("pyarrow.parquet")
    arrow = pytest.importorskip("pyarrow")
    parquet.write_table(arrow.table(COLUMNS), tmp_path / "a.parquet")
    assert read_answers(tmp_path / "a.parquet") == AS_CSV
