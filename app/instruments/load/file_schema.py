"""The JSON Schema of a survey file, for editors: what may be written, with a word on each part."""

from __future__ import annotations

from typing import Any, Final

from app.instruments.load.grids import GRID
from app.instruments.model import Instrument
from app.questions import KINDS
from app.questions.contract import QuestionBase

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_GRID: Final = "Grid"


def file_schema() -> dict[str, Any]:
    """Shapes and spellings only: `check-instrument` also knows what contradicts itself."""
    schema = Instrument.model_json_schema(by_alias=True, mode="validation")
    parts = schema["$defs"]
    parts[_GRID] = _grid()
    parts.update(QuestionBase.model_json_schema().get("$defs", {}))
    questions = parts["Page"]["properties"]["questions"]
    questions["items"] = {"anyOf": [questions["items"], {"$ref": f"#/$defs/{_GRID}"}]}
    return {"$schema": DIALECT, **schema, "title": "Rapport instrument"}


def _grid() -> dict[str, Any]:
    """Loose on purpose: a row and what stands beside it make a question together."""
    anyone: dict[str, Any] = QuestionBase.model_json_schema()["properties"]
    properties = {**anyone, "kind": {"enum": list(KINDS)}}
    rows = {"type": "array", "minItems": 1, "items": {"type": "object", "properties": properties}}
    return {
        "type": "object",
        "description": "One row a question; each takes what stands beside the rows.",
        "required": [GRID],
        "properties": {**properties, GRID: rows},
    }
