"""Spoiled files of every kind that people hand in: read, or refused with a sentence; no fault.

The plan asks for 5,000 in all here and 50,000 in the proofs, spoiled requests beside them included.
"""

from __future__ import annotations

import io
import random
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from analysis.bundle import Bundle, read_bundle, write_bundle
from analysis.codebook import Codebook
from analysis.command.documents import read_mapping
from analysis.command.tables import columns_as_csv, read_answers
from analysis.dataset import read_wave
from analysis.plan import read_plan
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument_file
from app.instruments.load.shipped import folder as shipped_folder
from app.instruments.model import Instrument
from app.instruments.translation.rows import rows_of
from app.instruments.translation.taking import take
from app.instruments.translation.workbook import read_workbook, write_workbook
from app.instruments.xlsform import read_xlsform, write_xlsform
from app.reports.files import compare_tables
from tests.attack.spoiled.kinds import SEED, Kind, sizes, try_spoiled
from tests.attack.spoiled.spoiler import spoil, spoil_archive, spoil_bundle

SURVEY: Final = shipped_folder() / "pulse.yaml"
PLAN: Final = b"""primary: [f2]
smallest_change: {f2: 0.2}
subgroups: [age_band]
suppress_below: 10
"""


@cache
def _instrument() -> Instrument:
    return load_instrument_file(SURVEY)


@cache
def _codebook() -> Codebook:
    return build_codebook(_instrument(), "baseline")


@cache
def _answers() -> bytes:
    codebook = _codebook()
    rng = random.Random(SEED)
    columns = {
        variable.id: [rng.choice([c.code for c in variable.categories]) for _ in range(40)]
        for variable in codebook.variables
        if variable.categories
    }
    return columns_as_csv(columns).encode()


@cache
def _bundle() -> bytes:
    answers = _answers().decode()
    bundle = Bundle(
        codebook_before=_codebook(),
        codebook_after=_codebook(),
        responses_before=answers,
        responses_after=answers,
        plan={"primary": ["f2"]},
    )
    target = io.BytesIO()
    write_bundle(bundle, target)
    return target.getvalue()


@cache
def _workbook(folder: Path) -> bytes:
    file = folder / "good.xlsx"
    rows = list(rows_of(_instrument(), SURVEY.read_text("utf-8"), "es"))
    write_workbook(file, _instrument(), "es", rows)
    return file.read_bytes()


@cache
def _form() -> bytes:
    file = io.BytesIO()
    write_xlsform(_instrument(), file)
    return file.getvalue()


def _read_survey(file: Path) -> None:
    load_instrument_file(file)


def _read_plan(file: Path) -> None:
    read_plan(read_mapping(file), _codebook())


def _read_answers(file: Path) -> None:
    codebook = _codebook()
    read_wave("before", read_answers(file), codebook)


def _read_bundle(file: Path) -> None:
    read_bundle(file)


def _read_workbook(file: Path) -> None:
    take(_instrument(), SURVEY.read_text("utf-8"), read_workbook(file))


def _read_form(file: Path) -> None:
    read_xlsform(file)


def _compare(file: Path) -> None:
    good = file.with_name("good.csv")
    good.write_bytes(_answers())
    compare_tables((SURVEY, SURVEY), (file, good))


KINDS: Final = {
    "survey": Kind(".yaml", lambda _: SURVEY.read_bytes(), spoil, _read_survey, 150, 4000),
    "plan": Kind(".yaml", lambda _: PLAN, spoil, _read_plan, 300, 8000),
    "plan in JSON": Kind(
        ".json",
        lambda _: b'{"primary": ["f2"], "smallest_change": {"f2": 0.2}, "subgroups": ["age_band"]}',
        spoil,
        _read_plan,
        1700,
        8000,
    ),
    "answers": Kind(".csv", lambda _: _answers(), spoil, _read_answers, 300, 6000),
    "comparison": Kind(".csv", lambda _: _answers(), spoil, _compare, 10, 300),
    "bundle": Kind(".zip", lambda _: _bundle(), spoil_archive, _read_bundle, 250, 6000),
    "bundle with a true manifest": Kind(
        ".zip", lambda _: _bundle(), spoil_bundle, _read_bundle, 150, 6000
    ),
    "workbook": Kind(".xlsx", _workbook, spoil_archive, _read_workbook, 40, 1500),
    "form": Kind(".xlsx", lambda _: _form(), spoil_archive, _read_form, 16, 1500),
}


@pytest.mark.parametrize(("name", "files"), sizes(KINDS))
def test_a_spoiled_file_is_read_or_refused_and_never_breaks_the_reader(
    tmp_path: Path, name: str, files: int
) -> None:
    ends = try_spoiled(KINDS[name], name, files, tmp_path)
    assert ends["refused"] > files // 4
