"""Starts uvicorn without its own log, which would name addresses and paths of residents."""

import logging
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Final

import uvicorn
from fastapi import FastAPI

from app.cli.process.garbage import collect_seldom
from app.errors import AppError, Misconfigured

DRAIN_SECONDS: Final = 10
WAITING_CONNECTIONS: Final = 2048


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            collect_seldom()
            self._announce()


def listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)
    except OSError as exc:
        raise Misconfigured(
            f"Rapport cannot listen at {host}, port {port}: {exc.strerror or exc}. "
            "Stop what listens there, or choose another address with --host and --port."
        ) from exc


def run_server(app: FastAPI, listener: socket.socket, announce: Callable[[], None]) -> None:
    """Returns after a signal, when what had begun is answered or the time for it is over.

    Where it cannot begin, for a setting or a disk that does not do, it raises what says so.
    """
    refused = _keep_refusal(app)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        ws="none",
        backlog=WAITING_CONNECTIONS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # uvicorn raises it again once it has drained
    try:
        _Server(config, announce).run(sockets=[listener])
    except SystemExit:
        if refused:
            raise refused[0] from None
        raise


def _keep_refusal(app: FastAPI) -> list[AppError | OSError]:
    """What the start is refused with; uvicorn would tell it in a traceback of many lines."""
    refused: list[AppError | OSError] = []
    lifespan = app.router.lifespan_context

    @asynccontextmanager
    async def kept(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(lifespan(app))
            except (AppError, OSError) as exc:
                refused.append(exc)
                logging.getLogger("uvicorn.error").disabled = True
                raise
            yield

    app.router.lifespan_context = kept
    return refused
