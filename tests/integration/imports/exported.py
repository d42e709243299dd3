"""The answers of a counted wave, written down as another tool would have exported them."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from typing import Any, Final

from analysis.codebook import NOT_SHOWN, SKIPPED
from app.db import Database
from app.imports.applying import Asked
from app.imports.mapping import Fielding, Mapping
from app.initiatives.service import get_wave
from app.instruments.model import Instrument
from app.questions.contract import AreaChoice
from app.responses.service import read_rows
from tests.factories import core_trust

FIELDING: Final = Fielding(
    first_day=date(2025, 3, 1),
    last_day=date(2025, 3, 31),
    mode="phone_web",
    recruitment="open",
    language="en",
)
AREAS: Final = tuple(
    AreaChoice(code, {"en": name}) for code, name in enumerate(("North", "South", "West"), 1)
)


def exported(database: Database, agency_id: str, wave_id: str) -> bytes:
    """In the words of the instrument; an answer that was not given is an empty cell."""
    asked = Asked(core_trust(), AREAS)
    labels = {q.id: dict(asked.offered(q, "en")) for q in asked.questions()}
    file = io.StringIO()
    writer = csv.writer(file)
    texts = [_asked(asked.instrument, name) for name in labels]
    writer.writerow(["Timestamp", "Email Address", *texts])
    with database.reading() as session:
        assert get_wave(session, agency_id, wave_id).state == "counted"
        for number, row in enumerate(read_rows(session, agency_id, wave_id)):
            answers: dict[str, Any] = json.loads(row.answers)
            cells = [_cell(labels[name], answers[name]) for name in labels]
            writer.writerow([f"2025/03/04 9:{number % 60:02}:00 AM", "a@example.org", *cells])
    return file.getvalue().encode()


def _asked(instrument: Instrument, name: str) -> str:
    return next(q.text["en"] for q in instrument.questions if q.id == name)


def _cell(labels: dict[int, str], answer: int | list[int]) -> str:
    if isinstance(answer, list):
        return ";".join(labels[code] for code in answer)
    return "" if answer in {SKIPPED, NOT_SHOWN} else labels[answer]


def whole_mapping(
    *, leave: frozenset[str] = frozenset(), reworded: frozenset[str] = frozenset()
) -> Mapping:
    """Every question of the instrument by its words, but those to leave."""
    asked = Asked(core_trust(), AREAS)
    return Mapping.model_validate(
        {
            "columns": {
                q.text["en"]: {
                    "question": q.id,
                    "same_words": q.id not in reworded,
                    "separator": ";" if len(q.columns) > 1 else None,
                    "codes": {label: code for code, label in asked.offered(q, "en")},
                }
                for q in asked.questions()
                if q.id not in leave
            }
        }
    )
