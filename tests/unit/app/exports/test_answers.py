"""Each answer reaches its column, however many there are and whatever is left out."""

from __future__ import annotations

from functools import cache

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from analysis.codebook import NOT_SHOWN, SKIPPED, canonical_json
from app.exports.answers import _Cells
from app.exports.catalogue import DOWNLOADS
from app.instruments.model import Instrument
from app.instruments.sheet import codebook_row
from tests.architecture.source import ROOT
from tests.factories import core_trust, instrument_from
from tests.unit.app.exports.tables import codebook_of

PICK_ALL = ROOT / "tests" / "surveys" / "pick_all.yaml"


@cache
def _instruments() -> tuple[Instrument, ...]:
    return core_trust(), instrument_from(PICK_ALL)


@st.composite
def sheets(draw: st.DrawFn) -> tuple[Instrument, dict[str, int | list[int]]]:
    instrument = draw(st.sampled_from(_instruments()))
    answers: dict[str, int | list[int]] = {}
    for question in instrument.questions:
        if not question.columns or question.keeps_words or draw(st.integers(0, 9)) == 0:
            continue
        several = st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True)
        one = st.sampled_from([SKIPPED, NOT_SHOWN, *((1, 2) if len(question.columns) == 1 else ())])
        answers[question.id] = draw(one if len(question.columns) == 1 else st.one_of(one, several))
    return instrument, answers


@given(sheets())
def test_cells_are_what_each_question_says_its_answer_fills(
    sheet: tuple[Instrument, dict[str, int | list[int]]],
) -> None:
    instrument, answers = sheet
    columns = [v for v in codebook_of(instrument).variables if v.role != "paradata"]
    names = list(dict.fromkeys(variable.question for variable in columns))
    row = codebook_row(instrument, answers)
    expected = [row.get(variable.id) for variable in columns]
    cells = _Cells(instrument, names)
    assert cells.of(canonical_json(answers)) == expected
    assert cells.of(canonical_json(answers)) == expected


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_download_has_a_name_on_the_page(language: str) -> None:
    page = ROOT / "app" / "console" / "locale" / f"{language}.yaml"
    texts = yaml.safe_load(page.read_text("utf-8"))["texts"]
    shown = {f"download_{download.kind}" for download in DOWNLOADS if not download.is_printed}
    assert shown <= texts.keys()
    wave = ROOT / "app" / "console" / "waves" / "locale" / f"{language}.yaml"
    prints = yaml.safe_load(wave.read_text("utf-8"))["texts"]["prints"]
    printed = {download.kind.rpartition("_")[0] for download in DOWNLOADS if download.is_printed}
    assert printed <= prints.keys()
