"""The contracts of pyproject.toml hold, and each one turns red when it is broken."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pytest

from tests.architecture.source import ROOT, Module, imported_names, is_within, module, modules

HINGE: Final = ("analysis/codebook.py", "analysis/bundle.py")
# The command line starts the processes; it is the one place where names of modules may be text.
LAUNCHERS: Final = ("app/cli/",)
IMPORTS_BY_TEXT: Final = {"import_module", "__import__", "run_module", "run_path"}

# contract: (file, the line that breaks it)
SINS: Final = {
    "analysis-is-pure": [
        ("analysis/scales.py", "import sqlalchemy"),
        ("analysis/planted.py", "import app.clock"),
    ],
    "rooms-of-app": [
        ("app/privacy/seal.py", "import app.responses.tables"),
        ("app/questions/schema.py", "import app.instruments.model"),
        ("app/responses/tables.py", "import app.main"),
        ("app/web/forms.py", "import app.jobs.tables"),
        ("app/a_new_room.py", ""),
    ],
    "inside-a-room": [
        ("app/responses/tables.py", "import app.responses.store"),
        ("app/collectors/store.py", "import app.collectors.service"),
    ],
    "pages-without-tables": [
        ("app/responses/pages.py", "import app.responses.tables"),
        ("app/reports/routes.py", "import app.initiatives.tables"),
    ],
    "web-process": [
        ("app/responses/pages.py", "import numpy"),
        ("app/responses/pages.py", "import app.responses.count"),
        ("app/collectors/service.py", "import app.privacy.count_keys"),
        ("app/web/forms.py", "import scipy.special"),
    ],
    "report-pages": [
        ("app/reports/public/page.py", "import app.responses.service"),
        ("app/reports/routes.py", "import app.reports.gathering"),
    ],
    "hinge": [
        ("analysis/codebook.py", "import numpy"),
        ("analysis/bundle.py", "import analysis.scales"),
    ],
    "callers-of-analysis": [
        ("app/responses/count.py", "import analysis.scales"),
        ("app/cli/__init__.py", "import analysis.report"),
    ],
}


def _contracts() -> list[dict[str, Any]]:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts: list[dict[str, Any]] = document["tool"]["importlinter"]["contracts"]
    return contracts


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy in which a sin may be planted, and is taken out again."""
    folder = tmp_path_factory.mktemp("checkout")
    for package in ("app", "analysis"):
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def _lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    linter = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(  # noqa: S603 - the linter of this environment
        [linter, "--no-cache", "--no-logo", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_contract_is_kept() -> None:
    outcome = _lint(ROOT)
    assert outcome.returncode == 0, outcome.stdout
    assert f"{len(_contracts())} kept, 0 broken" in outcome.stdout


def test_every_contract_has_a_sin_to_prove_it() -> None:
    assert {contract["id"] for contract in _contracts()} == SINS.keys()


@contextmanager
def _planted(file: Path, line: str) -> Iterator[None]:
    before = file.read_text("utf-8") if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n", "utf-8")
    try:
        yield
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before, "utf-8")


def _cases() -> Iterator[tuple[str, str, str]]:
    for contract, sins in SINS.items():
        yield from ((contract, path, line) for path, line in sins)


@pytest.mark.parametrize(("contract", "path", "line"), list(_cases()))
def test_a_planted_import_breaks_its_contract(
    checkout: Path, contract: str, path: str, line: str
) -> None:
    with _planted(checkout / path, line):
        outcome = _lint(checkout, "--contract", contract)
    assert outcome.returncode == 1, outcome.stdout
    assert "0 kept, 1 broken" in outcome.stdout


def hinge_imports_beyond_the_standard_library(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.at(node)} {name}: this file is downloaded by analysts and runs on Python alone"
        for m in tree
        if is_within(m.path, *HINGE)
        for node, name in imported_names(m.tree)
        if name.partition(".")[0] not in sys.stdlib_module_names
        and not name.startswith("analysis.codebook")
    ]


def slow_imports(tree: Iterable[Module]) -> list[str]:
    """scipy.stats takes seconds to import; scipy.special has the same functions."""
    return [
        f"{m.at(node)} {name}: scipy.special has it without the wait"
        for m in tree
        for node, name in imported_names(m.tree)
        if re.match(r"scipy\.stats\b", name)
    ]


def imports_by_text(tree: Iterable[Module]) -> list[str]:
    """An import that is a string escapes every contract above."""
    found: list[str] = []
    for m in tree:
        if is_within(m.path, *LAUNCHERS):
            continue
        found += [
            f"{m.at(node)} imports by text: write the import"
            for node in ast.walk(m.tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name | ast.Attribute)
            and getattr(node.func, "id", getattr(node.func, "attr", "")) in IMPORTS_BY_TEXT
        ]
    return found


def test_codebook_and_bundle_are_standard_library_only() -> None:
    assert hinge_imports_beyond_the_standard_library(modules("analysis")) == []


def test_no_import_takes_seconds() -> None:
    assert slow_imports(modules("app", "analysis")) == []


def test_no_import_hides_in_a_string() -> None:
    assert imports_by_text(modules("app", "analysis")) == []


@pytest.mark.parametrize("sin", ["import pydantic", "from analysis.refusals import Refusal"])
def test_a_planted_package_in_the_hinge_is_caught(sin: str) -> None:
    assert hinge_imports_beyond_the_standard_library([module("analysis/bundle.py", sin)])


@pytest.mark.parametrize("sin", ["import scipy.stats", "from scipy import stats"])
def test_a_planted_slow_import_is_caught(sin: str) -> None:
    assert slow_imports([module("analysis/x.py", sin)])


def test_a_planted_import_by_text_is_caught() -> None:
    sin = "import importlib\nx = importlib.import_module('numpy')"
    assert imports_by_text([module("app/responses/pages.py", sin)])
