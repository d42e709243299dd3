"""The JSON Schema of survey files takes what loads, and refuses what cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.cli.survey_files.check_instrument import check_instrument
from app.errors import BadInput
from app.instruments.load.file_schema import DIALECT, file_schema
from app.instruments.load.shipped import folder
from app.instruments.load.strict_yaml import read_yaml
from app.questions import KINDS
from tests.surveys.read import FOLDER

SCHEMA = file_schema()
VALIDATOR = Draft202012Validator(SCHEMA)
GOOD = (FOLDER / "street_pulse.yaml").read_text("utf-8")
FILES = [*sorted(folder().glob("*.yaml")), *sorted(FOLDER.glob("*.yaml"))]


def faults(text: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(read_yaml(text, file="x").value)]


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == DIALECT


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_that_loads_fits(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_every_kind_fits(kind: str) -> None:
    example = "".join(f"        {line}\n" for line in KINDS[kind].example().splitlines())
    pages = f"pages:\n  - id: one\n    questions:\n      -\n{example}"
    assert faults(GOOD[: GOOD.index("pages:")] + pages) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("minutes: 1\n", ""),
        ("minutes: 1", "minuts: 1"),
        ("minutes: 1", "minutes: soon"),
        ("version: 1", 'version: "1"'),
        ("version: 1", "version: 0"),
        ("id: street_pulse", "id: Street Pulse"),
        ("status: original\n", "status: authentic\n"),
        ("commercial_ok: true", 'commercial_ok: "yes"'),
        ("kind: single_choice", "kind: dropdown"),
        ("id: met, kind: single_choice,", "id: met,"),
        ("code: 5", "code: -1"),
        ("missing: [prefer_not_to_say]", "missing: [skipped]"),
        ("{id: ease,", "{id: ease, top_bocks: 1,"),
        ("show_if: {all: [{item: met, in: [1]}]}", "show_if: {when: met}"),
        ("in: [1]", "in: []"),
        ("items: [t1, q1, q2]", "items: []"),
        ("range: [1, 5]", "range: [1, 5, 9]"),
        ("id: met,", "id: met, required: true,"),
        ("- {id: met,", "- {grid: [], id: met,"),
    ],
)
def test_what_has_another_shape_is_refused(old: str, new: str) -> None:
    assert old in GOOD
    assert faults(GOOD.replace(old, new, 1))


def test_every_part_says_what_it_is() -> None:
    kinds = {KINDS[kind].__name__ for kind in KINDS}
    described: dict[str, Any] = SCHEMA["$defs"]
    assert all(described[name].get("description") for name in kinds)


def test_the_command_prints_it(capsys: pytest.CaptureFixture[str]) -> None:
    check_instrument(schema=True)
    assert json.loads(capsys.readouterr().out) == SCHEMA


def test_the_command_asks_for_a_file() -> None:
    with pytest.raises(BadInput, match="Name the YAML file"):
        check_instrument()


def test_the_schema_beside_the_shipped_files_is_this_one() -> None:
    """Mend it with: rapport check-instrument --schema > surveys/survey.schema.json."""
    assert json.loads((folder() / "survey.schema.json").read_text("utf-8")) == SCHEMA


@pytest.mark.parametrize("path", sorted(folder().glob("*.yaml")), ids=lambda path: path.stem)
def test_an_editor_finds_the_schema_of_a_shipped_file(path: Path) -> None:
    first, _, _ = path.read_text("utf-8").partition("\n")
    assert first == "# yaml-language-server: $schema=survey.schema.json"
