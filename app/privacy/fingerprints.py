"""Hashes that show whether something arrived whole. They hide nothing and need no secret."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def hash_rows(rows: Iterable[bytes]) -> str:
    """One hash over many rows, each framed by its length so that no two lists share it."""
    running = hashlib.sha256()
    for row in rows:
        running.update(len(row).to_bytes(8, "big"))
        running.update(row)
    return running.hexdigest()


def hash_content(content: bytes) -> str:
    """As `sha256sum` tells it of a file with this content."""
    return hashlib.sha256(content).hexdigest()


def hash_file(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
