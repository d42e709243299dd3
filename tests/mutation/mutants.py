"""Small mistakes planted in a file, one at a time: what the tests of the estimators must notice."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_OTHER_OPERATOR: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
_OTHER_COMPARISON: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """The file with one mistake: the line, the statement as it was and as it is now."""

    file: str
    line: int
    was: str
    now: str
    source: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.file, self.was, self.now

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} {self.was} -> {self.now}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of a file: arithmetic, comparisons, and/or, not, conditions and numbers."""
    tree = ast.parse(path.read_text("utf-8"))
    nodes = list(ast.walk(tree))
    annotations, statements = _annotations(tree), _statements(tree)
    for position, node in enumerate(nodes):
        if id(node) in annotations:
            continue
        for change in range(_changes(node)):
            mutated = copy.deepcopy(tree)
            places = list(ast.walk(mutated))
            _change(places[position], change)
            was = statements[id(node)]
            now = places[nodes.index(was)]
            source = ast.unparse(mutated)
            yield Mutant(str(path), getattr(node, "lineno", 0), _told(was), _told(now), source)


def _told(statement: ast.AST) -> str:
    """A statement without those that hang on it."""
    match statement:
        case ast.If():
            return f"if {ast.unparse(statement.test)}"
        case ast.For():
            return f"for {ast.unparse(statement.target)} in {ast.unparse(statement.iter)}"
        case ast.FunctionDef():
            return f"def {statement.name}({ast.unparse(statement.args)})"
        case _:
            return ast.unparse(statement)


def _statements(tree: ast.Module) -> dict[int, ast.stmt]:
    """The innermost statement that each node stands in."""
    home: dict[int, ast.stmt] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            home |= {id(part): node for part in ast.walk(node)}
    return home


def _annotations(tree: ast.Module) -> set[int]:
    """Types and texts change nothing when they run."""
    skipped: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation:
            skipped.append(node.annotation)
        if isinstance(node, ast.FunctionDef) and node.returns:
            skipped.append(node.returns)
    return {id(part) for node in skipped for part in ast.walk(node)}


def _changes(node: ast.AST) -> int:
    """How many mistakes can be made at a node."""
    if isinstance(node, ast.BinOp):
        return int(type(node.op) in _OTHER_OPERATOR)
    if isinstance(node, ast.Compare):
        return int(type(node.ops[0]) in _OTHER_COMPARISON)
    if isinstance(node, ast.BoolOp):
        return 1
    if isinstance(node, ast.UnaryOp):
        return int(isinstance(node.op, ast.USub | ast.Not | ast.Invert))
    if isinstance(node, ast.If | ast.IfExp):
        return 2
    is_number = isinstance(node, ast.Constant) and type(node.value) in {int, float}
    return int(is_number)


def _change(node: ast.AST, change: int) -> None:
    """Make the mistake in place."""
    match node:
        case ast.BinOp():
            node.op = _OTHER_OPERATOR[type(node.op)]()
        case ast.Compare():
            node.ops[0] = _OTHER_COMPARISON[type(node.ops[0])]()
        case ast.BoolOp():
            node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
        case ast.UnaryOp():
            node.op = ast.UAdd() if isinstance(node.op, ast.USub) else ast.Not()
            if isinstance(node.op, ast.Not):
                node.operand = ast.UnaryOp(ast.Not(), node.operand)
        case ast.If() | ast.IfExp():
            node.test = ast.Constant(bool(change))
        case ast.Constant(value=int() | float() as number):
            node.value = number + 1
