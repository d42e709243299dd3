"""What a sheet would cost if nothing were done with it: the reference for the way of an answer.

`python -m tests.bench.echo def|async PORT` answers each POST with its own body, served
as `rapport serve` serves.
"""

from __future__ import annotations

import sys
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse

from app.cli.process.launcher import listen, run_server


async def _body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(_body)]


def echo_in_a_thread(body: Body) -> PlainTextResponse:
    return PlainTextResponse(body)


async def echo_in_the_loop(body: Body) -> PlainTextResponse:
    return PlainTextResponse(body)


ECHOES = {"def": echo_in_a_thread, "async": echo_in_the_loop}


def create_echo(kind: str) -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_api_route("/echo", ECHOES[kind], methods=["POST"])
    return app


if __name__ == "__main__":
    run_server(create_echo(sys.argv[1]), listen("127.0.0.1", int(sys.argv[2])), lambda: None)
