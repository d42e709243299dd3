"""Versions are locked with hashes, and the locks name no host."""

from __future__ import annotations

import re
import tomllib
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCKS: Final = ("requirements.lock", "requirements-dev.lock")


def _entries(lock: str) -> list[str]:
    joined = lock.replace("\\\n", " ")
    return [" ".join(line.split()) for line in joined.splitlines() if line.strip()]


def faults(lock: str) -> list[str]:
    found: list[str] = []
    if re.search(r"://|--index-url|--find-links|^-[ief] ", lock, re.MULTILINE):
        found.append("the lock names a place to download from")
    for entry in _entries(lock):
        if entry.startswith("#"):
            continue
        if not re.match(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+ ", entry):
            found.append(f"{entry[:60]}: no exact version")
        if "--hash=sha256:" not in entry:
            found.append(f"{entry[:60]}: no hash")
    return found


def _locked(lock: str) -> set[str]:
    return {canonicalize_name(re.split(r"[=\[ ]", e)[0]) for e in _entries(lock)}


def _asked_for(*extras: str) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(r for extra in extras for r in optional[extra])]
    return {canonicalize_name(Requirement(r).name) for r in wanted}


@pytest.mark.parametrize("name", LOCKS)
def test_every_version_is_exact_and_hashed(name: str) -> None:
    lock = (ROOT / name).read_text("utf-8")
    assert faults(lock) == []
    assert len(_entries(lock)) > 20


def test_the_locks_hold_what_the_project_asks_for() -> None:
    runtime, development = ((ROOT / name).read_text("utf-8") for name in LOCKS)
    assert _asked_for("build") <= _locked(runtime)
    assert _asked_for("build", "dev") <= _locked(development)


def test_both_locks_agree() -> None:
    runtime, development = (set(_entries((ROOT / n).read_text("utf-8"))) for n in LOCKS)
    assert runtime <= development


@pytest.mark.parametrize(
    "sin",
    [
        "numpy==2.4.0\n",
        "numpy>=2.4 --hash=sha256:00\n",
        "numpy @ https://example.org/numpy.whl --hash=sha256:00\n",
        "--index-url https://example.org/simple\nnumpy==2.4.0 --hash=sha256:00\n",
    ],
)
def test_a_planted_loose_entry_is_caught(sin: str) -> None:
    assert faults(sin)
