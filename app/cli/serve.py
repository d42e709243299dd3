"""`rapport serve`: the web process, started without uvicorn's own log of addresses and paths."""

import signal
import socket
from typing import Annotated, Final

import typer

from app.errors import Misconfigured

DRAIN_SECONDS: Final = 10
WAITING_CONNECTIONS: Final = 2048


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for every address of this machine.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 8000,
) -> None:
    """Show residents their survey and readers the published reports, until stopped.

    Settings come from the environment: RAPPORT_DATABASE_URL, RAPPORT_BASE_URL and others. No
    request is logged. Stopped by Ctrl+C or SIGTERM, it answers what has begun for ten seconds.
    """
    import uvicorn

    from app.cli.process import harden_process
    from app.db import Database
    from app.main import create_app
    from app.migrations import refuse_other_schema
    from app.privacy.web_keys import WebKeyStore
    from app.settings import Settings

    harden_process()
    settings = Settings()
    database = Database(settings.database_url, pool_size=1)
    refuse_other_schema(database)
    database.dispose()
    WebKeyStore(settings.web_key_store, settings.web_master_file)
    listener = _listen(host, port)
    config = uvicorn.Config(
        create_app(settings),
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        lifespan="on",
        backlog=WAITING_CONNECTIONS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )
    shown = f"[{host}]" if ":" in host else host
    typer.echo(f"Rapport answers at http://{shown}:{listener.getsockname()[1]} - stop with Ctrl+C")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # uvicorn raises it again once it has drained
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=WAITING_CONNECTIONS)
    except OSError as exc:
        raise Misconfigured(
            f"Rapport cannot listen at {host}, port {port}: {exc.strerror or exc}. "
            "Stop what listens there, or choose another address with --host and --port."
        ) from exc
