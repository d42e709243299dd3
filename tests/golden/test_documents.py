"""The example documents: what the code makes today, and what the schema promises."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from tests.golden.documents.make_documents import HERE, documents
from tests.golden.documents.make_outline import OUTLINE, outline

SCHEMA: Final = Path("analysis/comparison_schema.json")


def _differences(path: str, ours: Any, theirs: Any) -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict) and ours.keys() == theirs.keys():
        for key, value in ours.items():
            yield from _differences(f"{path}.{key}", value, theirs[key])
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for i, value in enumerate(ours):
            yield from _differences(f"{path}[{i}]", value, theirs[i])
    elif isinstance(ours, float) and isinstance(theirs, float):
        if not math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-15):
            yield f"{path}: {ours!r} is not {theirs!r}"
    elif ours != theirs:
        yield f"{path}: {ours!r} is not {theirs!r}"


@pytest.mark.parametrize("name", ["computed", "released"])
def test_the_example_is_what_the_code_makes(name: str) -> None:
    stored = json.loads((HERE / f"{name}.json").read_text("utf-8"))
    made = json.loads(json.dumps(documents()[name], allow_nan=False))
    assert list(_differences(name, made, stored)) == []


@pytest.mark.parametrize("name", ["computed", "released"])
def test_the_example_keeps_to_the_schema(name: str) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    made = json.loads(json.dumps(documents()[name], allow_nan=False))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(made, schema, jsonschema.Draft202012Validator)


def test_the_report_of_the_example_is_built_as_it_was_when_it_was_looked_at() -> None:
    """Where this differs on purpose: make the outline anew, and look at the pictures."""
    assert outline().splitlines() == OUTLINE.read_text("utf-8").splitlines()
