"""The published form of a comparison, read and made ready once: that takes longer than its use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import jsonschema

SCHEMA: Final = jsonschema.Draft202012Validator(
    json.loads(Path("analysis/comparison_schema.json").read_text("utf-8"))
)
