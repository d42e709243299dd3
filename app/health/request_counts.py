"""Counts the requests of a process by kind of page and outcome, and how long they took.

Nothing here tells of one person: no address, path, agency, wave or collector. And as a counter that
is read every few seconds would tell when somebody answered, requests of residents are told in full
hundreds only, and their times as a share of the last full hundred.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOLD_AT_ONCE: Final = 100
SLOW_SECONDS: Final = 0.5
_REFUSED, _FAILED = 400, 500


class Told(NamedTuple):
    """What is shown of one kind of page."""

    pages: str
    outcomes: Mapping[str, int]
    slow: int


class _Pages:
    def __init__(self, *, told_at_once: int) -> None:
        self._told_at_once = told_at_once
        self._now: Counter[str] = Counter()
        self._slow = 0
        self.told: Counter[str] = Counter()
        self.told_slow = 0

    def note(self, outcome: str, seconds: float) -> None:
        self._now[outcome] += 1
        self._slow += seconds >= SLOW_SECONDS
        if self._now.total() % self._told_at_once == 0:
            self.told, self.told_slow = self._now.copy(), self._slow


class RequestCounts:
    """`groups`: from the first part of a path to the kind of page; the rest is `other`."""

    def __init__(self, groups: Mapping[str, str], *, of_residents: str) -> None:
        self._groups = groups
        names = {*groups.values(), "other"}
        self._pages = {
            name: _Pages(told_at_once=TOLD_AT_ONCE if name == of_residents else 1)
            for name in sorted(names)
        }

    def note(self, path: str, status: int, seconds: float) -> None:
        first = path.split("/", 2)[1] if path.startswith("/") else ""
        outcome = "failed" if status >= _FAILED else "refused" if status >= _REFUSED else "answered"
        self._pages[self._groups.get(first, "other")].note(outcome, seconds)

    def __iter__(self) -> Iterator[Told]:
        for name, pages in self._pages.items():
            yield Told(name, dict(pages.told), pages.told_slow)


class CountRequests:
    """The outermost middleware, where metrics are asked for."""

    def __init__(self, app: ASGIApp, counts: RequestCounts) -> None:
        self._app = app
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), _FAILED

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        finally:
            self._counts.note(scope["path"], status, time.perf_counter() - began)
