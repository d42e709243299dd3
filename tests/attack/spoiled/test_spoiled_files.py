"""Spoiled files of every kind that people hand in: read, or refused with a sentence; no fault.

The plan asks for 5,000 in all here and 50,000 in the proofs, spoiled requests beside them included.
"""

from __future__ import annotations

import io
import random
import resource
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from analysis.bundle import Bundle, BundleError, read_bundle, write_bundle
from analysis.codebook import Codebook, CodebookError
from analysis.command.documents import read_mapping
from analysis.command.tables import columns_as_csv, read_answers
from analysis.dataset import read_wave
from analysis.plan import read_plan
from analysis.refusals import Refusal
from app.errors import AppError
from app.instruments.codebook import build_codebook
from app.instruments.load import load_instrument_file
from app.instruments.load.shipped import folder as shipped_folder
from app.instruments.model import Instrument
from app.instruments.translation.rows import rows_of
from app.instruments.translation.taking import take
from app.instruments.translation.workbook import read_workbook, write_workbook
from app.reports.files import compare_tables
from tests.attack.spoiled.spoiler import spoil, spoil_archive, spoil_bundle

SEED: Final = 20261121
MOST_GROWTH: Final = 50 * 2**20
REFUSALS: Final = (AppError, Refusal, BundleError, CodebookError)
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


def _compare(file: Path) -> None:
    good = file.with_name("good.csv")
    good.write_bytes(_answers())
    compare_tables((SURVEY, SURVEY), (file, good))


class Kind(NamedTuple):
    """How a good file of it is made and spoiled, and who reads it."""

    ending: str
    good: Callable[[Path], bytes]
    spoiled: Callable[[bytes, random.Random], bytes]
    read: Callable[[Path], None]
    here: int
    in_proof: int


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
}


def _sizes(pick: Callable[[Kind], int], marks: Sequence[pytest.MarkDecorator]) -> list[object]:
    return [pytest.param(name, pick(kind), marks=marks) for name, kind in KINDS.items()]


@pytest.mark.parametrize(
    ("name", "files"),
    [
        *_sizes(lambda kind: kind.here, []),
        *_sizes(lambda kind: kind.in_proof, [pytest.mark.proof, pytest.mark.timeout(1800)]),
    ],
)
def test_a_spoiled_file_is_read_or_refused_and_never_breaks_the_reader(
    tmp_path: Path, name: str, files: int
) -> None:
    kind, rng = KINDS[name], random.Random(f"{SEED} {name}")
    good = kind.good(tmp_path)
    file = tmp_path / f"spoiled{kind.ending}"
    file.write_bytes(good)
    kind.read(file)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    ends: Counter[str] = Counter()
    for _ in range(files):
        file.write_bytes(kind.spoiled(good, rng))
        ends[_outcome(kind, file)] += 1
    grown = 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    assert ends.keys() <= {"read", "refused"}
    assert ends["refused"] > files // 4
    assert grown < MOST_GROWTH


def _outcome(kind: Kind, file: Path) -> str:
    try:
        kind.read(file)
    except REFUSALS as refusal:
        return "refused" if len(str(refusal)) > len("Refused.") else "refused without a word"
    return "read"
