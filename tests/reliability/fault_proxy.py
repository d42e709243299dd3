"""Stands between the program and PostgreSQL, and breaks the network between them on demand."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

CHUNK: Final = 65536
_ABORT: Final = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset


class Fault(StrEnum):
    """What the network does to what passes, until it is mended."""

    STALL = "stall"  # nothing passes, no connection ends
    HALF_OPEN = "half_open"  # what the program sends arrives; no answer comes back
    CUT = "cut"  # connections end, and new ones are refused
    RESET = "reset"  # connections are reset, and so is each new one


class FaultProxy:
    """Listens at a port of this machine and passes on to the socket of a server."""

    def __init__(self, server_socket: Path) -> None:
        self._server_socket = server_socket
        self._fault: Fault | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._mended = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self._server = listening.result(30)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def broken(self, fault: Fault) -> Iterator[None]:
        self._set(fault)
        try:
            yield
        finally:
            self._set(None)

    def _set(self, fault: Fault | None) -> None:
        async def change() -> None:
            self._fault = fault
            if fault is None:
                self._mended.set()
            else:
                self._mended.clear()
            if fault in {Fault.CUT, Fault.RESET}:
                self._end_connections()

        asyncio.run_coroutine_threadsafe(change(), self._loop).result(30)

    async def _listen(self) -> asyncio.Server:
        return await asyncio.start_server(self._accept, "127.0.0.1", 0)

    async def _close(self) -> None:
        self._server.close()
        self._end_connections()
        own = asyncio.current_task()
        others = [task for task in asyncio.all_tasks() if task is not own]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _end_connections(self) -> None:
        for writer in list(self._open):
            _end(writer, with_reset=self._fault is Fault.RESET)
        self._open.clear()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._fault in {Fault.CUT, Fault.RESET}:
            _end(writer, with_reset=self._fault is Fault.RESET)
            return
        server = await asyncio.open_unix_connection(str(self._server_socket))
        self._open |= {writer, server[1]}
        there = self._pass(reader, server[1], back=False)
        back = self._pass(server[0], writer, back=True)
        await asyncio.gather(there, back)
        self._open -= {writer, server[1]}

    async def _pass(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, back: bool
    ) -> None:
        with suppress(OSError):
            while content := await reader.read(CHUNK):
                if self._fault is Fault.STALL or (back and self._fault is Fault.HALF_OPEN):
                    await self._mended.wait()
                writer.write(content)
                await writer.drain()
        with suppress(OSError, RuntimeError):
            writer.close()


def _end(writer: asyncio.StreamWriter, *, with_reset: bool) -> None:
    under: socket.socket | None = writer.get_extra_info("socket")
    if with_reset and under is not None and under.family is not socket.AF_UNIX:
        under.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
    writer.transport.abort()
