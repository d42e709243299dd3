"""The public bundle holds what was released, nothing else; its script notices a wrong figure."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from analysis.disclosure import release
from app.exports.bundles.public import _CHANGE, _LEVEL, public_bundle
from tests.architecture.source import ROOT
from tests.unit.analysis.areas import places
from tests.unit.app.exports.tables import codebook_of

GOLDEN = ROOT / "tests" / "golden" / "documents"


@cache
def _released() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((GOLDEN / "released.json").read_text("utf-8"))
    return document


@cache
def _members() -> dict[str, bytes]:
    books = {"before": codebook_of(), "after": codebook_of()}
    return _unpacked(public_bundle(_released(), books, "en"))


def _unpacked(bundle: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _table(name: str) -> list[dict[str, str]]:
    return _rows(_members()[name])


def _rows(table: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table.decode())))


def test_its_manifest_tells_size_hash_and_rows_of_each_member() -> None:
    manifest = json.loads(_members()["manifest.json"])
    assert manifest["members"].keys() == _members().keys() - {"manifest.json"}
    assert manifest["members"]["comparisons.csv"]["rows"] == len(_released()["comparisons"])
    assert json.loads(_members()["released.json"]) == _released()


def test_the_table_of_comparisons_tells_each_number_that_the_document_tells() -> None:
    rows = _table("comparisons.csv")
    for row, comparison in zip(rows, _released()["comparisons"], strict=True):
        for part, names in (("before", _LEVEL), ("after", _LEVEL), ("change", _CHANGE)):
            for name in names:
                told = comparison[part].get(name)
                cell = row[f"{part}_{name}"]
                assert (float(cell) if cell else None) == (
                    told if isinstance(told, int | float) else None
                )
        assert bool(row["withheld"]) == any(
            "suppressed" in comparison[part] or "not_estimable" in comparison[part]
            for part in ("before", "after", "change")
        )


def test_the_table_of_gaps_tells_each_number_that_the_document_tells() -> None:
    rows = _table("gaps.csv")
    gaps = [gap for one in _released()["interactions"] for gap in one["gaps"]]
    assert len(rows) == len(gaps) > 0
    for row, gap in zip(rows, gaps, strict=True):
        for part in ("before", "after", "change"):
            told = gap[part].get("estimate")
            cell = row[f"{part}_estimate"]
            assert (float(cell) if cell else None) == told
        assert row["closing"] == (gap["closing"] if isinstance(gap["closing"], str) else "")
        assert bool(row["withheld"]) == isinstance(gap["closing"], dict)


@cache
def _with_comparison_areas() -> dict[str, Any]:
    before, after = places.wave(1, 400), places.wave(2, 400, here=0.5, there=0.1)
    return release(places.compare(before, after))


def _areas_and_course() -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    books = {"before": codebook_of(), "after": codebook_of()}
    told = _unpacked(public_bundle(_with_comparison_areas(), books, "en"))
    return _rows(told["areas.csv"]), _table("course.csv")


def test_the_tables_of_areas_and_of_the_course_tell_what_the_document_tells() -> None:
    areas, course = _areas_and_course()
    (told,) = _with_comparison_areas()["areas"]["comparisons"]
    (row,) = areas
    assert float(row["difference_estimate"]) == told["difference"]["estimate"]
    assert float(row["main_change_estimate"]) == told["main_change"]["estimate"]
    assert (row["verdict"], row["withheld"]) == (told["verdict"], "")
    trend = _released()["trend"]
    contrasts = [c for one in trend["trends"] for c in one["contrasts"]]
    assert len(course) == len(contrasts) > 0
    for line, contrast in zip(course, contrasts, strict=True):
        assert float(line["change_estimate"]) == contrast["change"]["estimate"]
        assert line["earlier_wave"] == trend["waves"][contrast["earlier"]]["name"]
    assert _table("areas.csv") == []


def test_the_table_of_answers_tells_no_number_that_the_document_hides() -> None:
    rows = _table("answers.csv")
    hidden = [row for row in rows if row["withheld"]]
    assert hidden
    assert all(not row["n"] for row in hidden)
    told = [
        entry["n"]
        for distribution in _released()["distributions"]
        for wave in distribution["waves"].values()
        for entry in (*wave.get("categories", ()), *wave.get("missing", ()))
        if isinstance(entry["n"], int)
    ]
    assert [int(row["n"]) for row in rows if row["n"]] == told


def _derived(folder: Path) -> tuple[int, list[dict[str, str]]]:
    run = subprocess.run(  # noqa: S603 - a script of our own
        [shutil.which("Rscript") or "", "--vanilla", str(folder / "derive.R")],
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, list(csv.DictReader(io.StringIO(run.stdout)))


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_derives_each_published_figure_and_notices_one_that_is_wrong(tmp_path: Path) -> None:
    for name, content in _members().items():
        (tmp_path / name).write_bytes(content)
    status, rows = _derived(tmp_path)
    assert status == 0
    assert {row["agrees"] for row in rows} == {"TRUE"}
    kinds = {row["figure"] for row in rows}
    assert {"change", "ci_low", "ci_high", "statistic", "p", "share_before"} <= kinds
    assert {"gap_before", "gap_after", "gap_change", "course earlier_1 before"} <= kinds
    table = _members()["comparisons.csv"].decode()
    first = _released()["comparisons"][0]["change"]["estimate"]
    spoiled = table.replace(f",{first},", f",{first + 0.1:.2f},", 1)
    assert spoiled != table
    (tmp_path / "comparisons.csv").write_text(spoiled)
    status, rows = _derived(tmp_path)
    assert status == 1
    assert "FALSE" in {row["agrees"] for row in rows}


@pytest.mark.proof
@pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed")
def test_r_derives_the_difference_from_the_comparison_areas(tmp_path: Path) -> None:
    books = {"before": codebook_of(), "after": codebook_of()}
    told = _unpacked(public_bundle(_with_comparison_areas(), books, "en"))
    for name, content in told.items():
        (tmp_path / name).write_bytes(content)
    status, rows = _derived(tmp_path)
    assert status == 0
    assert {row["agrees"] for row in rows} == {"TRUE"}
    assert {"areas_change", "areas_difference"} <= {row["figure"] for row in rows}
