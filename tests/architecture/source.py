"""What the rules of this folder look at: the modules of a source tree, or a sin planted as text."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

ROOT: Final = Path(__file__).parents[2]


@dataclass(frozen=True)
class Module:
    path: PurePosixPath
    text: str
    tree: ast.Module

    def at(self, node: ast.AST) -> str:
        """The place of a finding, as a person would look for it."""
        return f"{self.path}:{getattr(node, 'lineno', 1)}"


def module(path: str, text: str) -> Module:
    return Module(PurePosixPath(path), text, ast.parse(text, path))


@functools.cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file below these folders of the checkout."""
    files = sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))
    if not files:
        raise AssertionError(f"no Python file below {folders}: the rule would pass unseen")
    return tuple(map(_parsed, files))


@functools.cache
def _parsed(file: Path) -> Module:
    """Many rules look at many folders that share files, and none changes a tree."""
    return module(file.relative_to(ROOT).as_posix(), file.read_text("utf-8"))


def imported_names(tree: ast.AST) -> Iterator[tuple[ast.AST, str]]:
    """`import a.b` gives a.b; `from a import b` gives a.b; relative imports are not used here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    """`a.b.c` for such an expression, with `?` where it starts from something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return "?"


def calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, dotted(node.func)


def is_within(path: PurePosixPath, *places: str) -> bool:
    """Whether the file is one of the places or lies below one that ends with a slash."""
    return any(
        str(path).startswith(place) if place.endswith("/") else str(path) == place
        for place in places
    )
