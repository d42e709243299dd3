"""The tick with which somebody says that they are old enough, in front of all other questions."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from app.instruments.model import Instrument
from app.instruments.version import freeze

QUESTION: Final = "old_enough"


def with_age_gate(instrument: Instrument, youngest: int) -> Instrument:
    """The instrument with the tick on its first page. An instrument that has one keeps its own."""
    if any(question.id == QUESTION for question in instrument.questions):
        return instrument
    document = freeze(instrument).document
    texts = {
        part: {
            language: words[part].format(age=youngest)
            for language, words in _texts().items()
            if language in instrument.languages
        }
        for part in ("text", "label")
    }
    gate: dict[str, Any] = {"id": QUESTION, "kind": "consent", "needed": True, **texts}
    first, *others = document["pages"]
    opened = {**first, "questions": [gate, *first["questions"]]}
    return Instrument.model_validate({**document, "pages": [opened, *others]})


@cache
def _texts() -> dict[str, dict[str, str]]:
    texts: dict[str, dict[str, str]] = yaml.safe_load(
        Path(__file__).with_name("age_gate.yaml").read_text(encoding="utf-8")
    )
    return texts
