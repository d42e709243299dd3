"""What the tests of this folder read: pages of Markdown, and the tests that they name."""

from __future__ import annotations

import ast
import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT

LINK: Final = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
CODE: Final = re.compile(r"^(```+)(.*?)\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    path: Path
    text: str

    @property
    def name(self) -> str:
        return self.path.relative_to(ROOT).as_posix()

    def links(self) -> list[tuple[str, str]]:
        """Text and target of each link outside of code blocks."""
        return [(m[1], m[2]) for m in LINK.finditer(CODE.sub("", self.text))]

    def code(self) -> list[tuple[str, str]]:
        """Language line and body of each code block."""
        return [(m[2].strip(), m[3]) for m in CODE.finditer(self.text)]


def pages() -> list[Page]:
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [Page(file, file.read_text("utf-8")) for file in files]


def page(name: str) -> Page:
    return Page(ROOT / name, (ROOT / name).read_text("utf-8"))


@functools.cache
def names_of_tests(file: Path) -> frozenset[str]:
    tree = ast.parse(file.read_text("utf-8"))
    functions = (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
    return frozenset(f.name for f in functions if f.name.startswith("test_"))


def named_tests(of: Page) -> list[tuple[str, Path]]:
    """Links of the form [`test_name`](path/to/test_file.py)."""
    return [
        (text.strip("`"), (of.path.parent / target).resolve())
        for text, target in of.links()
        if text.strip("`").startswith("test_")
    ]
