"""Where long work stands, on stderr, where somebody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Final

_WIDTH: Final = 24


@contextmanager
def steps(names: Iterable[str]) -> Iterator[Steps]:
    """A bar that moves with each step begun and goes when all is done; nothing without terminal."""
    bar = Steps(tuple(names), is_watched=sys.stderr.isatty())
    try:
        yield bar
    finally:
        bar.clear()


class Steps:
    """Each `start` draws the bar anew."""

    def __init__(self, names: tuple[str, ...], *, is_watched: bool) -> None:
        self._names = names
        self._is_watched = is_watched
        self._begun = 0

    def start(self) -> None:
        """The next step begins."""
        done = _WIDTH * self._begun // len(self._names)
        self._show(f"[{'#' * done}{'.' * (_WIDTH - done)}] {self._names[self._begun]}")
        self._begun += 1

    def clear(self) -> None:
        self._show("")

    def _show(self, text: str) -> None:
        if self._is_watched:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
