"""The worker's end of a download: what is written here is sealed and kept, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from app.db import Database
from app.exports import store
from app.exports.store import FileKey
from app.privacy.downloads import ChunkSealer

CHUNK_BYTES: Final = 1024 * 1024

Say = Callable[[str], None]


class KeptFile:
    """A file that can only be written. Each chunk is a transaction of its own: sheets get through.

    A sheet that arrives meanwhile waits for one chunk at most, and never for the whole file.
    """

    def __init__(self, database: Database, key: FileKey, public_key: bytes) -> None:
        self._database = database
        self._key = key
        self._sealer = ChunkSealer(public_key, "".join(key))
        self._waiting = bytearray()
        with database.writing() as session:
            store.remove_chunks(session, key)

    def write(self, some: bytes, /) -> int:
        self._waiting += some
        while len(self._waiting) >= CHUNK_BYTES:
            self._keep(bytes(self._waiting[:CHUNK_BYTES]))
            del self._waiting[:CHUNK_BYTES]
        return len(some)

    def flush(self) -> None:
        """A zip asks for it when it ends. Chunks are kept when they are full, and by `finish`."""

    def finish(self) -> None:
        """Keep the rest, and say that the file is whole."""
        if self._waiting:
            self._keep(bytes(self._waiting))
            self._waiting.clear()
        made = {
            "size": self._sealer.size,
            "chunks": self._sealer.chunks,
            "sha256": self._sealer.sha256,
        }
        with self._database.writing() as session:
            store.change_file(session, self._key, made)

    def _keep(self, chunk: bytes) -> None:
        self._database.refuse_full_disk()
        position = self._sealer.chunks
        sealed = self._sealer.seal(chunk)
        with self._database.writing() as session:
            store.add_chunk(session, self._key, position, sealed)
