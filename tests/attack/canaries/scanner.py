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

WINDOW: Final = 8  # every needle is at least as long
ONE_PASS: Final = 4 * 2**20
Bytes = NDArray[np.uint8]


class Scanner:
    """Knows each needle by three bytes, then by these and the next five, then whole."""

    def __init__(self, needles: Mapping[bytes, str]) -> None:
        """`needles` says of each what it is, for the report."""
        short = [needle for needle in needles if len(needle) < WINDOW]
        if short:
            raise ValueError(f"these would be found by chance: {short}")
        self._needles = dict(needles)
        self._by_window: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for needle in needles:
            at = _rarest(needle)
            window = int.from_bytes(needle[at : at + WINDOW], "little")
            self._by_window[window].append((at, needle))
        self._windows = np.array(sorted(self._by_window), dtype=np.uint64)
        self._begins = np.zeros(2**24, dtype=bool)
        self._begins[(self._windows & np.uint64(0xFFFFFF)).astype(np.int64)] = True

    def found_in(self, content: bytes) -> set[str]:
        found: set[str] = set()
        whole = np.frombuffer(content, dtype=np.uint8)
        for start in range(0, len(content), ONE_PASS):
            part = whole[start : start + ONE_PASS + WINDOW]
            for place, window in self._candidates(part):
                found |= {
                    self._needles[needle]
                    for at, needle in self._by_window[window]
                    if start + place >= at and content.startswith(needle, start + place - at)
                }
        return found

    def _candidates(self, part: Bytes) -> Iterator[tuple[int, int]]:
        if len(part) < WINDOW:
            return
        wide = part.astype(np.int32)
        threes = wide[: -WINDOW + 1] | wide[1 : -WINDOW + 2] << 8 | wide[2 : -WINDOW + 3] << 16
        places = np.flatnonzero(self._begins[threes])
        windows = np.zeros(len(places), dtype=np.uint64)
        for at in range(WINDOW):
            windows |= part[places + at].astype(np.uint64) << np.uint64(8 * at)
        known = np.isin(windows, self._windows)
        yield from zip(places[known].tolist(), windows[known].tolist(), strict=True)

    def found_in_files(
        self, files: Iterable[Path], postgres_programs: Path | None
    ) -> dict[str, set[str]]:
        """By the name of each place where something was found."""
        places = (place for file in files for place in unpacked(file, postgres_programs))
        return {name: found for name, content in places if (found := self.found_in(content))}


def _rarest(needle: bytes) -> int:
    """Where to know it by: files are full of zeros, and of bytes that stand beside their like."""
    places = range(len(needle) - WINDOW + 1)
    return max(places, key=lambda at: len({*needle[at : at + 3]} - {0}))


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
