"""Looks for thousands of needles in everything that a program has written, in one pass each."""

from __future__ import annotations

import gzip
import io
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

HEAD: Final = 8  # every needle is at least as long
ONE_PASS: Final = 4 * 2**20
Bytes = NDArray[np.uint8]


class Scanner:
    """Knows each needle by its first three bytes, then by its first eight, then whole."""

    def __init__(self, needles: Mapping[bytes, str]) -> None:
        """`needles` says of each what it is, for the report."""
        short = [needle for needle in needles if len(needle) < HEAD]
        if short:
            raise ValueError(f"these would be found by chance: {short}")
        self._needles = dict(needles)
        self._by_head: dict[int, list[bytes]] = defaultdict(list)
        for needle in needles:
            self._by_head[int.from_bytes(needle[:HEAD], "little")].append(needle)
        self._heads = np.array(sorted(self._by_head), dtype=np.uint64)
        self._begins = np.zeros(2**24, dtype=bool)
        self._begins[(self._heads & np.uint64(0xFFFFFF)).astype(np.int64)] = True
        self._longest = max(map(len, needles))

    def found_in(self, content: bytes) -> set[str]:
        found: set[str] = set()
        whole = np.frombuffer(content, dtype=np.uint8)
        for start in range(0, len(content), ONE_PASS):
            part = whole[start : start + ONE_PASS + self._longest]
            for place, head in self._candidates(part):
                found |= {
                    self._needles[needle]
                    for needle in self._by_head[head]
                    if content.startswith(needle, start + place)
                }
        return found

    def _candidates(self, part: Bytes) -> Iterator[tuple[int, int]]:
        if len(part) < HEAD:
            return
        wide = part.astype(np.int32)
        threes = wide[: -HEAD + 1] | wide[1 : -HEAD + 2] << 8 | wide[2 : -HEAD + 3] << 16
        places = np.flatnonzero(self._begins[threes])
        windows = np.zeros(len(places), dtype=np.uint64)
        for at in range(HEAD):
            windows |= part[places + at].astype(np.uint64) << np.uint64(8 * at)
        known = np.isin(windows, self._heads)
        yield from zip(places[known].tolist(), windows[known].tolist(), strict=True)

    def found_in_files(
        self, files: Iterable[Path], postgres_programs: Path | None
    ) -> dict[str, set[str]]:
        """By the name of each place where something was found."""
        places = (place for file in files for place in unpacked(file, postgres_programs))
        return {name: found for name, content in places if (found := self.found_in(content))}


def unpacked(file: Path, postgres_programs: Path | None) -> Iterator[tuple[str, bytes]]:
    """The file as it lies there, and what a reader would unpack from it."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return  # a log that the server has removed meanwhile
    yield str(file), content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield f"{file}: {name}", archive.read(name)
    elif content.startswith(b"\x1f\x8b"):
        yield f"{file}: unpacked", gzip.decompress(content)
    elif content.startswith(b"PGDMP"):
        if postgres_programs is None:
            raise ValueError(f"{file} can be read with the programs of PostgreSQL only")
        command = [str(postgres_programs / "pg_restore"), "--file=-", str(file)]
        done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - a program and a file of the tests
        yield f"{file}: as statements", done.stdout
