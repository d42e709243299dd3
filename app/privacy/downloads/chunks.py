"""Seals a file in chunks, each bound to its file and its place in it.

Each chunk is sealed like an answer sheet (`app.privacy.seal`), with `file/position` in the place of
the wave: a chunk that was moved, or that comes from another file, does not open. That no chunk is
missing at the end is shown by the hash and the number of chunks kept beside the file.
"""

from __future__ import annotations

import hashlib

from app.privacy.seal import SealOpener, seal


class ChunkSealer:
    """Seals one chunk after another and hashes what they hold together."""

    def __init__(self, public_key: bytes, file: str) -> None:
        self.chunks = 0
        self.size = 0
        self._public_key = public_key
        self._file = file
        self._hash = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def seal(self, chunk: bytes) -> bytes:
        sealed = seal(chunk, self._public_key, _place(self._file, self.chunks))
        self._hash.update(chunk)
        self.size += len(chunk)
        self.chunks += 1
        return sealed


class ChunkOpener:
    """Opens the chunks of one file, in any order. Raises SealBroken."""

    def __init__(self, private_key: bytes, file: str) -> None:
        self._private_key = private_key
        self._file = file

    def open(self, sealed: bytes, position: int) -> bytes:
        return SealOpener(self._private_key, _place(self._file, position)).open(sealed)


def _place(file: str, position: int) -> str:
    return f"download {file}/{position}"
