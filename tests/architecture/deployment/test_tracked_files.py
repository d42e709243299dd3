"""What is committed names no registry host, no path of one machine, and holds no secret."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from fnmatch import fnmatch
from typing import Final

import pytest

from tests.architecture.source import ROOT

# Written in parts, so that this file does not name what it looks for.
REGISTRIES: Final = "|".join(
    re.escape(".".join(parts))
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("conda", "anaconda", "org"),
        ("docker", "io"),
        ("ghcr", "io"),
        ("quay", "io"),
    )
)
RULES: Final = {
    "names a package registry": re.compile(REGISTRIES),
    "names a path of one machine": re.compile(r"(?<![\w.~-])/(?:work|root|home/\w+|tmp/\w+)/"),
    "holds a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE" + " KEY-----"),
    "holds an access key": re.compile(r"\b(?:AKIA[0-9A-Z]{16}|gh[pousr]_\w{36}|sk-\w{32,})\b"),
    "holds a password": re.compile(
        r"(?i)\b(?:password|passwd|secret)\s*[=:]\s*[\"'][^\"'\s{}$]{6,}"
    ),
    "is left half merged": re.compile(r"^(?:<{7}|>{7}) ", re.MULTILINE),
}
PICTURES: Final = (".png", ".woff2")
# What others wrote and we keep unchanged.
UNCHANGED: Final = ("tests/architecture/deployment/compose-spec.",)


def faults(files: Mapping[str, bytes]) -> list[str]:
    found: list[str] = []
    for name, content in files.items():
        if name.startswith(UNCHANGED):
            continue
        if b"\0" in content:
            if not name.endswith(PICTURES):
                found.append(f"{name} is binary")
            continue
        text = content.decode("utf-8")
        found += [f"{name} {fault}" for fault, rule in RULES.items() if rule.search(text)]
        if name.endswith((".env", ".key", ".pem", ".db", ".sqlite")) or name.startswith("secrets/"):
            found.append(f"{name} belongs on one machine")
    return found


def _names() -> list[str]:
    if shutil.which("git") and (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"],  # noqa: S607 - git from the PATH, as every developer has it
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        return [name for name in listed.stdout.decode().split("\0") if name]
    written = (ROOT / ".gitignore").read_text("utf-8").split()
    ignored = [".git", *(line.strip("/") for line in written)]
    files = (f.relative_to(ROOT) for f in ROOT.rglob("*") if f.is_file())
    return [
        f.as_posix()
        for f in files
        if not any(fnmatch(part, pattern) for part in f.parts for pattern in ignored)
    ]


def _tracked() -> dict[str, bytes]:
    return {name: (ROOT / name).read_bytes() for name in _names() if (ROOT / name).is_file()}


def test_no_tracked_file_tells_of_one_machine_or_keeps_a_secret() -> None:
    files = _tracked()
    assert len(files) > 50
    assert faults(files) == []


@pytest.mark.parametrize(
    "sin",
    [
        "see https://" + "pypi" + ".org/project/rapport",
        "cd /" + "work/main",
        "open('/" + "tmp/x/y')",
        "-----BEGIN PRIVATE" + " KEY-----",
        "password = " + "'hunter22'",
        "AKIA" + "ABCDEFGHIJKLMNOP",
    ],
)
def test_a_planted_line_is_caught(sin: str) -> None:
    assert faults({"docs/x.md": sin.encode()})


@pytest.mark.parametrize("name", [".env", "secrets/web-master", "var/rapport.db"])
def test_a_planted_file_is_caught(name: str) -> None:
    assert faults({name: b"x"})


def test_a_planted_binary_is_caught() -> None:
    assert faults({"docs/x.bin": b"\0"})
    assert not faults({"docs/x.png": b"\0"})
