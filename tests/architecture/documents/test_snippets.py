"""A code block marked `tested` runs as it stands, from top to bottom, in an empty folder.

"python tested" runs in one interpreter a page. "console tested" runs the lines that begin with `$`;
what is shown below them must be printed, where `...` stands for anything.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.documents.pages import Page, pages
from tests.architecture.source import ROOT


def _marked(of: Page, language: str) -> list[str]:
    return [body for info, body in of.code() if info.split() == [language, "tested"]]


def _pages_with(language: str) -> list[Page]:
    return [p for p in pages() if _marked(p, language)]


def _environment() -> dict[str, str]:
    commands = f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}"
    return {"PATH": commands, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}


def run_python(snippets: list[str], folder: Path) -> str:
    outcome = subprocess.run(  # noqa: S603 - a snippet of our own documents
        [sys.executable, "-W", "error", "-c", "\n".join(snippets)],
        cwd=folder,
        env=_environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if outcome.returncode == 0 else outcome.stderr


def run_console(snippet: str, folder: Path) -> str:
    """Empty when each command succeeds and prints what the page shows."""
    for part in re.split(r"^\$ ", snippet, flags=re.MULTILINE)[1:]:
        command, *rest = part.replace("\\\n", " ").split("\n")
        shown = "\n".join(rest).strip()
        outcome = subprocess.run(  # noqa: S602 - a snippet of our own documents
            command,
            shell=True,
            cwd=folder,
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if outcome.returncode != 0:
            return f"{command}: {outcome.stdout}{outcome.stderr}"
        pattern = re.escape(shown).replace(r"\.\.\.", ".*")
        if shown and not re.search(pattern, outcome.stdout, re.DOTALL):
            return f"{command} printed {outcome.stdout!r}, the page shows {shown!r}"
    return ""


def _folder_like_the_checkout(folder: Path) -> Path:
    for name in ("surveys", "tests", "docker-compose.yml", ".env.example"):
        (folder / name).symlink_to(ROOT / name)
    return folder


def test_python_snippets_run(tmp_path: Path) -> None:
    folder = _folder_like_the_checkout(tmp_path)
    for of in _pages_with("python"):
        assert run_python(_marked(of, "python"), folder) == "", of.name


@pytest.mark.parametrize("of", _pages_with("console"), ids=lambda p: p.name)
def test_console_snippets_run_and_print_what_is_shown(of: Page, tmp_path: Path) -> None:
    folder = _folder_like_the_checkout(tmp_path)
    assert [run_console(snippet, folder) for snippet in _marked(of, "console")] == [
        "" for _ in _marked(of, "console")
    ]


def test_some_snippets_are_tested() -> None:
    assert _pages_with("console")


def test_a_planted_broken_snippet_is_caught(tmp_path: Path) -> None:
    assert run_python(["import nothing_of_this_name"], tmp_path)
    assert run_console("$ echo yes\nno\n", tmp_path)
    assert run_console("$ false\n", tmp_path)
    assert not run_console("$ echo yes we can\nyes ... can\n", tmp_path)
