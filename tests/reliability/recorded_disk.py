"""Records what SQLite writes and syncs, so that a loss of power can be played at any point of it.

The library that Python's own sqlite3 uses is asked for its way to the disk (its VFS), whose open is
wrapped: writes, truncations and syncs of every file go through here and then on. For a process of
its own: the wrapping cannot be undone.
"""

from __future__ import annotations

import ctypes
import random
import sqlite3
from collections.abc import Iterator, Sequence
from ctypes import CFUNCTYPE, POINTER, byref, c_char_p, c_int, c_int64, c_void_p
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SECTOR = 512

_WRITE = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_TRUNCATE = CFUNCTYPE(c_int, c_void_p, c_int64)
_SYNC = CFUNCTYPE(c_int, c_void_p, c_int)
# The name stays an address: SQLite keeps it, and a copy would be gone when the call is over.
_OPEN = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)


class _Methods(ctypes.Structure):
    """sqlite3_io_methods of version 3."""

    _fields_ = (
        ("iVersion", c_int),
        ("xClose", c_void_p),
        ("xRead", c_void_p),
        ("xWrite", _WRITE),
        ("xTruncate", _TRUNCATE),
        ("xSync", _SYNC),
        ("others", c_void_p * 13),
    )


class _File(ctypes.Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


class _Vfs(ctypes.Structure):
    """sqlite3_vfs, as far as its open."""

    _fields_ = (
        ("iVersion", c_int),
        ("szOsFile", c_int),
        ("mxPathname", c_int),
        ("pNext", c_void_p),
        ("zName", c_char_p),
        ("pAppData", c_void_p),
        ("xOpen", _OPEN),
    )


class Event(NamedTuple):
    """`write` and `truncate` name file and place, `sync` a file, `thanked` whom."""

    what: str
    file: str = ""
    at: int = 0
    content: bytes = b""


class RecordedDisk:
    """`events` grows from the moment it is made; any thread may add to it."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._files: dict[int, str] = {}
        self._kept: list[object] = []  # what C holds on to must not be collected
        self._wrapped: dict[int, _Methods] = {}
        vfs = _default_vfs()
        self._open_as_before = _OPEN(ctypes.cast(vfs.xOpen, c_void_p).value)
        vfs.xOpen = self._keep(_OPEN(self._open))

    def thanked(self, whom: bytes) -> None:
        self.events.append(Event("thanked", content=whom))

    def _keep(self, function: _OPEN) -> _OPEN:  # type: ignore[valid-type]  # ctypes makes it
        self._kept.append(function)
        return function

    def _open(self, vfs: int, name: int | None, file: int, flags: int, out: int) -> int:
        code: int = self._open_as_before(vfs, name, file, flags, out)
        opened = ctypes.cast(file, POINTER(_File)).contents
        if code == 0 and name and opened.methods:
            self._files[file] = Path(ctypes.string_at(name).decode()).name
            opened.methods = ctypes.pointer(self._wrap(opened.methods.contents))
        return code

    def _wrap(self, before: _Methods) -> _Methods:
        address = ctypes.addressof(before)
        if address not in self._wrapped:
            wrapped = _Methods()
            ctypes.memmove(byref(wrapped), byref(before), ctypes.sizeof(_Methods))
            write, truncate, sync = (
                kind(ctypes.cast(method, c_void_p).value)
                for kind, method in (
                    (_WRITE, before.xWrite),
                    (_TRUNCATE, before.xTruncate),
                    (_SYNC, before.xSync),
                )
            )

            def on_write(file: int, content: int, size: int, at: int) -> int:
                self._note("write", file, at, ctypes.string_at(content, size))
                return int(write(file, content, size, at))

            def on_truncate(file: int, size: int) -> int:
                self._note("truncate", file, size)
                return int(truncate(file, size))

            def on_sync(file: int, flags: int) -> int:
                code = int(sync(file, flags))
                if code == 0:
                    self._note("sync", file)
                return code

            wrapped.xWrite, wrapped.xTruncate = _WRITE(on_write), _TRUNCATE(on_truncate)
            wrapped.xSync = _SYNC(on_sync)
            self._wrapped[address] = wrapped
        return self._wrapped[address]

    def _note(self, what: str, file: int, at: int = 0, content: bytes = b"") -> None:
        if file in self._files:
            self.events.append(Event(what, self._files[file], at, content))


def _default_vfs() -> _Vfs:
    sqlite3.connect(":memory:").close()
    maps = Path("/proc/self/maps").read_text("ascii").split()
    places = [word for word in maps if "libsqlite3" in word or "_sqlite3" in word]
    for place in sorted(set(places), key=lambda word: "libsqlite3" not in word):
        library = ctypes.CDLL(place)
        if hasattr(library, "sqlite3_vfs_find"):
            library.sqlite3_vfs_find.restype = POINTER(_Vfs)
            found: _Vfs = library.sqlite3_vfs_find(None).contents
            return found
    raise RuntimeError("the SQLite that Python uses was not found in this process")


@dataclass
class Disk:
    """What has surely arrived on it, and what was written since without a sync."""

    files: dict[str, bytearray]
    waiting: dict[str, list[Event]] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        if event.what == "sync":
            for written in self.waiting.pop(event.file, []):
                _apply(self.files, written)
        elif event.what in {"write", "truncate"}:
            self.waiting.setdefault(event.file, []).append(event)

    def after_power_loss(self, rng: random.Random) -> dict[str, bytes]:
        """Of what waits, some is there and some is not, a sector of 512 bytes at a time."""
        files = {name: bytearray(content) for name, content in self.files.items()}
        share = rng.choice((0.0, 0.5, 1.0))
        for event in (event for waiting in self.waiting.values() for event in waiting):
            for part in _sectors(event):
                if rng.random() < share:
                    _apply(files, part)
        return {name: bytes(content) for name, content in files.items()}


def _sectors(event: Event) -> Iterator[Event]:
    if event.what != "write":
        yield event
        return
    for start in range(0, len(event.content), SECTOR):
        part = event.content[start : start + SECTOR]
        yield event._replace(at=event.at + start, content=part)


def _apply(files: dict[str, bytearray], event: Event) -> None:
    content = files.setdefault(event.file, bytearray())
    if event.what == "truncate":
        del content[event.at :]
        return
    if len(content) < event.at:
        content.extend(bytes(event.at - len(content)))
    content[event.at : event.at + len(event.content)] = event.content


def losses(
    before: dict[str, bytes], events: Sequence[Event], cuts: Sequence[int], rng: random.Random
) -> Iterator[tuple[dict[str, bytes], set[bytes]]]:
    """For each cut, what is on the disk after it, and who had been thanked before it."""
    disk = Disk({name: bytearray(content) for name, content in before.items()})
    thanked: set[bytes] = set()
    wanted = sorted(cuts)
    for place, event in enumerate(events):
        while wanted and wanted[0] <= place:
            wanted.pop(0)
            yield disk.after_power_loss(rng), set(thanked)
        disk.take(event)
        if event.what == "thanked":
            thanked.add(event.content)
