"""All sheets of a wave are sealed at one length, whatever was answered, chosen or written."""

from __future__ import annotations

import json
from itertools import product
from typing import TYPE_CHECKING, Any, Final, get_args

import pytest

from app.collectors.service import MODES, CodedRecruitment
from app.instruments.load.shipped import shipped_instruments
from app.privacy.linking.tags import LinkTags
from app.privacy.seal import new_wave_keys, seal
from app.privacy.web_keys import WebKeyStore
from app.questions.contract import MISSING_CODES
from app.questions.multiple_choice import MultipleChoice
from app.questions.number import Number
from app.questions.schema import WAVE_KINDS
from app.responses.quality import Quality
from app.responses.sheet import Sheet
from tests.surveys import read as surveys
from tests.unit.app.printing.fielded import fielded

if TYPE_CHECKING:
    from pathlib import Path

    from app.collectors.service import FieldedCollector
    from app.questions import Question

KEYS: Final = new_wave_keys()
INSTRUMENTS: Final = [*shipped_instruments(), *map(surveys.read, surveys.names())]
LARGEST_AREA: Final = 9999
# A row of SQLite's table of sheets that fits its page leaves half of the writing out.
FITS_A_PAGE: Final = 1002 - 50


def longest_answer(question: Question) -> int | list[int]:
    if isinstance(question, MultipleChoice):
        return list(question.options.codes)
    codes = [*question.codes_by_value.values(), *MISSING_CODES.values(), LARGEST_AREA]
    if isinstance(question, Number):
        codes = [*MISSING_CODES.values(), question.maximum]
    return max(codes, key=lambda code: len(str(code)))


def sealed_length(collector: FieldedCollector, **wish: Any) -> int:
    least: dict[str, Any] = {
        "language": "en",
        "mode": "kiosk",
        "recruitment": "open",
        "area": 1,
        "quality": Quality(0),
        "answers": {},
    }
    content = Sheet(**(least | wish)).to_bytes()
    return len(seal(content, KEYS.public, collector.wave_id, room=collector.sheet_room))


@pytest.mark.parametrize(
    ("instrument", "wave_kind"),
    list(product(INSTRUMENTS, WAVE_KINDS)),
    ids=lambda part: part if isinstance(part, str) else part.id,
)
@pytest.mark.parametrize("character", ['"', "\\", "\n", "\N{GRINNING FACE}"])
def test_the_fullest_sheet_of_a_wave_is_as_long_as_one_left_empty(
    instrument: Any, wave_kind: Any, character: str
) -> None:
    collector = fielded(instrument, wave_kind=wave_kind)
    coded = instrument.reading(wave_kind)
    fullest = {
        "language": max(instrument.languages, key=len),
        "mode": max(MODES, key=len),
        "recruitment": max(get_args(CodedRecruitment), key=len),
        "area": LARGEST_AREA,
        "quality": sum(Quality),
        "answers": {read.id: longest_answer(read.question) for read in coded},
        "words": {q.id: character * q.most_characters for q in instrument.worded(wave_kind)},
        "tags": ["f" * 32] * (len(instrument.code_elements(wave_kind)) + 1)
        if instrument.code_elements(wave_kind)
        else [],
    }
    assert sealed_length(collector, **fullest) == sealed_length(collector)


def test_no_coded_answer_is_longer_than_its_question_says() -> None:
    for instrument, wave_kind in product(INSTRUMENTS, WAVE_KINDS):
        for read in instrument.reading(wave_kind):
            answer = json.dumps(longest_answer(read.question), separators=(",", ":"))
            assert len(answer) <= read.question.most_code_bytes, (instrument.id, read.id)


def test_tags_are_as_many_and_as_long_as_there_is_room_for(tmp_path: Path) -> None:
    linked = surveys.read("linked")
    elements = tuple("x" for _ in linked.code_elements("baseline"))
    store = WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master")
    tags = LinkTags(store).of_code("initiative", elements)
    assert len(tags) == len(elements) + 1
    assert {len(json.dumps(tag)) for tag in tags} == {34}


def test_a_sheet_of_the_core_instrument_takes_one_page_of_the_table() -> None:
    core = next(i for i in INSTRUMENTS if i.id == "core_trust")
    assert sealed_length(fielded(core)) <= FITS_A_PAGE
