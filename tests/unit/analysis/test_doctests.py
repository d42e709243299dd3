"""The examples in the docstrings of the library give what they say."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path
from typing import Final

import pytest

MODULES: Final = sorted(
    ".".join(path.with_suffix("").parts)
    for path in Path("analysis").rglob("*.py")
    if ">>>" in path.read_text("utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name: str) -> None:
    module = importlib.import_module(name)
    ran = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert ran.attempted > 0
    assert ran.failed == 0
