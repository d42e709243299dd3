"""Sends prepared requests over many connections at once, from a process of its own.

HTTP/1.1 by hand: a client that parses little leaves the processor to the server it measures.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

HEAD_END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True)
class Load:
    """What came back: how many of each status, over how long, and each request's own wait."""

    seconds: float
    waits: tuple[float, ...]
    statuses: dict[int, int]

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds


def post(path: str, body: bytes, origin: str) -> bytes:
    host = origin.partition("://")[2]
    head = (
        f"POST {path} HTTP/1.1\r\nhost: {host}\r\norigin: {origin}\r\n"
        "content-type: application/x-www-form-urlencoded\r\n"
        f"content-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, origin: str) -> bytes:
    host = origin.partition("://")[2]
    return f"GET {path} HTTP/1.1\r\nhost: {host}\r\naccept-encoding: gzip\r\n\r\n".encode()


async def read_reply(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(HEAD_END)
    status = int(head[9:12])
    at = head.lower().find(LENGTH)
    if at < 0:
        raise ValueError(f"a reply without its length: {head[:200]!r}")
    length = int(head[at + len(LENGTH) : head.index(b"\r\n", at)])
    await reader.readexactly(length)
    return status


async def _connection(
    port: int, requests: Iterator[bytes], waits: list[float], statuses: Counter[int]
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        began = time.perf_counter()
        writer.write(request)
        status = await read_reply(reader)
        waits.append(time.perf_counter() - began)
        statuses[status] += 1
    writer.close()


async def _send(port: int, requests: Sequence[bytes], at_once: int) -> Load:
    waits: list[float] = []
    statuses: Counter[int] = Counter()
    shared = iter(requests)
    began = time.perf_counter()
    await asyncio.gather(*(_connection(port, shared, waits, statuses) for _ in range(at_once)))
    return Load(time.perf_counter() - began, tuple(waits), dict(statuses))


def _send_in_this_process(port: int, requests: Sequence[bytes], at_once: int) -> Load:
    import uvloop  # noqa: PLC0415 - only the sending process needs it

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_send(port, requests, at_once))


def send(port: int, requests: Sequence[bytes], at_once: int = 50) -> Load:
    """All requests, each connection taking the next one when its last is answered."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=context) as pool:
        return pool.submit(_send_in_this_process, port, requests, at_once).result()
