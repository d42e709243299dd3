"""Cryptography and hashing stand in app/privacy, where they can be read in one sitting."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pytest

from tests.architecture.source import Module, imported_names, is_within, module, modules

TOOLS: Final = {
    "argon2",
    "cryptography",
    "hashlib",
    "hmac",
    "nacl",
    "pyrage",
    "secrets",
    "ssl",
    "uuid",
}
OWNER: Final = "app/privacy/"
# Hashing without a secret, of nothing a respondent gave.
EXCEPTIONS: Final = {
    ("analysis/codebook.py", "hashlib"): "names a version of a questionnaire by its content",
    ("analysis/bundle.py", "hashlib"): "shows that a bundle arrived whole",
    ("analysis/plan.py", "hashlib"): "shows that a locked plan was not changed",
    ("app/web/scripts.py", "hashlib"): "names a script file by its content",
    ("app/web/style.py", "hashlib"): "the security policy allows the inline style by its hash",
}


def cryptography_elsewhere(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.at(node)} {name}: cryptography and hashing stand in {OWNER}"
        for m in tree
        if not is_within(m.path, OWNER)
        for node, name in imported_names(m.tree)
        if (tool := name.partition(".")[0]) in TOOLS and (str(m.path), tool) not in EXCEPTIONS
    ]


def test_cryptography_stands_in_one_room() -> None:
    assert cryptography_elsewhere(modules("app", "analysis")) == []


def test_each_exception_is_still_needed() -> None:
    used = {
        (str(m.path), name.partition(".")[0])
        for m in modules("app", "analysis")
        for _, name in imported_names(m.tree)
    }
    assert EXCEPTIONS.keys() <= used


@pytest.mark.parametrize(
    "sin",
    ["import hashlib", "from secrets import token_hex", "from cryptography.fernet import Fernet"],
)
def test_planted_cryptography_is_caught(sin: str) -> None:
    assert cryptography_elsewhere([module("app/responses/intake.py", sin)])
    assert not cryptography_elsewhere([module("app/privacy/seal.py", sin)])


def test_an_exception_covers_its_one_tool_only() -> None:
    assert not cryptography_elsewhere([module("analysis/codebook.py", "import hashlib")])
    assert cryptography_elsewhere([module("analysis/codebook.py", "import secrets")])
