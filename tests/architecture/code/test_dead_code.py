"""No code that nothing uses, and none that is commented out: deleted code is deleted.

A function of `app` that only tests call is dead as well. Public functions of `analysis` are a
library: whoever imports it from Python may be their only user, so their own tests keep them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

import pytest
from vulture import Vulture

from tests.architecture.source import ROOT

KINDS: Final = {"function", "class", "method", "property", "import"}
# Called by a library that found them by their decorator.
CALLED_BY_A_LIBRARY: Final = [
    *("@field_validator", "@model_validator", "@field_serializer", "@router.*", "@app.*"),
    *("@*.field_validator", "@*.model_validator", "@computed_field", "@contextmanager"),
    "@*.callback",
]
# Name: who calls it. An exception that is no longer needed fails as well.
EXCEPTIONS: Final = {
    "process_bind_param": "SQLAlchemy, for each value written",
    "process_result_value": "SQLAlchemy, for each value read",
    "formatException": "logging, for each traceback",
    "null_count": "pyreadstat, through narwhals, of each column",
    "drop_nulls": "the same",
    "iter_columns": "pyreadstat, through narwhals, of the rows it is given",
    "_with_version": "narwhals, of whatever it is given",
    "example": "the contract of question kinds: documents and tests show it",
}


@cache
def _unused(*folders: Path) -> list[tuple[str, str]]:
    """Place and name of what no Python uses."""
    finder = Vulture(ignore_decorators=CALLED_BY_A_LIBRARY)
    finder.scavenge([str(folder) for folder in folders])
    return [
        (f"{item.filename}:{item.first_lineno}", item.name)
        for item in finder.get_unused_code(min_confidence=60)
        if item.typ in KINDS
        and not item.name.startswith("__")  # called by Python itself
        and not (Path(item.filename).is_relative_to(ROOT / "analysis") and item.name[0] != "_")
    ]


def unused_code(folders: list[Path], templates: str) -> list[str]:
    return [
        f"{place} {name}"
        for place, name in _unused(*folders)
        if not re.search(rf"\b{re.escape(name)}\b", templates)
    ]


def _templates() -> str:
    return "\n".join(file.read_text("utf-8") for file in (ROOT / "app").rglob("*.html"))


def _names(findings: list[str]) -> set[str]:
    return {finding.rpartition(" ")[2] for finding in findings}


def test_every_function_is_used() -> None:
    found = unused_code([ROOT / "app", ROOT / "analysis"], _templates())
    assert [f for f in found if f.rpartition(" ")[2] not in EXCEPTIONS] == []


def test_each_exception_is_still_needed() -> None:
    found = unused_code([ROOT / "app", ROOT / "analysis"], templates="")
    assert EXCEPTIONS.keys() <= _names(found)


def test_a_planted_unused_function_is_caught(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("def used(): ...\ndef unused(): ...\nused()\n", "utf-8")
    assert _names(unused_code([tmp_path], templates="")) == {"unused"}


def test_a_name_that_a_template_uses_is_no_sin(tmp_path: Path) -> None:
    (tmp_path / "x.py").write_text("class _A:\n    def b(self): ...\n_A()\n", "utf-8")
    assert not unused_code([tmp_path], templates="{{ thing.b() }}")


def _ruff(code: str) -> str:
    outcome = subprocess.run(  # noqa: S603 - the linter of this environment
        [
            *(Path(sys.executable).with_name("ruff"), "check", "--no-cache"),
            *("--output-format", "concise", "--stdin-filename", "app/planted.py", "-"),
        ],
        input=code,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return outcome.stdout


@pytest.mark.parametrize(
    ("rule", "sin"),
    [
        ("ERA001", "# x = compute(1)\n"),
        ("F401", "import json\n"),
        ("RUF100", "x = 1  # noqa: F401 - nothing to excuse\n"),
        ("TD", "# TODO: later\n"),
        ("C901", "def f(x):\n" + "".join(f"    if x == {n}: return {n}\n" for n in range(12))),
    ],
)
def test_the_linter_catches_what_is_planted(rule: str, sin: str) -> None:
    assert rule in _ruff(sin)


def test_the_linter_is_content_with_plain_code() -> None:
    assert "All checks passed" in _ruff('"""One constant."""\n\nx = 1\n')
