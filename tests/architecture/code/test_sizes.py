"""Files under 400 lines, functions under 50, rooms under a dozen files: what rots is the tail."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from tests.architecture.source import Module, is_within, module, modules

FILE_LINES: Final = 400
FUNCTION_LINES: Final = 50
ROOM_FILES: Final = 12
# The flat list of DESIGN §2: one file a method's building block, none of them a room of its own.
FLAT: Final = {"analysis"}
# The signature of a command is its list of options, each with its help: not counted.
COMMANDS: Final = "app/cli/"


def long_files(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.path} has {lines} lines: split it by verb"
        for m in tree
        if (lines := len(m.text.splitlines())) >= FILE_LINES
    ]


def _functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef, *, with_signature: bool) -> int:
    """Without the docstring."""
    first = function.body[0]
    start = function.lineno if with_signature else first.lineno
    has_docstring = ast.get_docstring(function, clean=False) is not None
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if has_docstring else 0
    return (function.end_lineno or start) - start + 1 - docstring


def long_functions(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.at(function)} {function.name} has {lines} lines: name its parts"
        for m in tree
        for function in _functions(m.tree)
        if (lines := _lines(function, with_signature=not is_within(m.path, COMMANDS)))
        >= FUNCTION_LINES
    ]


def crowded_rooms(tree: Iterable[Module]) -> list[str]:
    files = Counter(str(m.path.parent) for m in tree if m.path.name != "__init__.py")
    return [
        f"{room} holds {count} files: it is two rooms"
        for room, count in sorted(files.items())
        if count >= ROOM_FILES and room not in FLAT
    ]


def test_no_file_is_long() -> None:
    """Migrations are written by Alembic, a table after the other: they are no longer than these."""
    assert long_files(modules("app", "analysis", "tests")) == []


def test_no_function_is_long() -> None:
    assert long_functions(modules("app", "analysis", "tests")) == []


def test_no_room_is_crowded() -> None:
    assert crowded_rooms(modules("app", "analysis")) == []


def test_a_planted_long_file_is_caught() -> None:
    assert long_files([module("app/x.py", "a = 1\n" * FILE_LINES)])
    assert not long_files([module("app/x.py", "a = 1\n" * (FILE_LINES - 1))])


def test_a_planted_long_function_is_caught_and_its_docstring_is_not_counted() -> None:
    body = "    a = 1\n" * (FUNCTION_LINES - 1)
    assert long_functions([module("app/x.py", f"def f() -> None:\n{body}")])
    docstring = "    word\n" * FUNCTION_LINES
    documented = f'def f() -> None:\n    """Say.\n\n{docstring}    """\n    a = 1\n'
    assert not long_functions([module("app/x.py", documented)])


def test_only_a_command_may_have_a_long_signature() -> None:
    options = "    a: int,\n" * FUNCTION_LINES
    text = f"def f(\n{options}) -> None:\n    b = 1\n"
    assert long_functions([module("app/x.py", text)])
    assert not long_functions([module("app/cli/x.py", text)])


def test_a_planted_crowded_room_is_caught() -> None:
    assert crowded_rooms([module(f"app/room/{n}.py", "") for n in range(ROOM_FILES)])
    assert not crowded_rooms([module(f"app/room/{n}.py", "") for n in range(ROOM_FILES - 1)])
