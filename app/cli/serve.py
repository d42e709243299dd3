"""`rapport serve`: the web process."""

from typing import Annotated

import typer


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
    from app.cli.process.hardening import harden_process
    from app.cli.process.launcher import listen, run_server
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
    listener = listen(host, port)
    shown, bound = f"[{host}]" if ":" in host else host, listener.getsockname()[1]

    def announce() -> None:
        typer.echo(f"Rapport answers at http://{shown}:{bound} - stop with Ctrl+C")

    run_server(create_app(settings), listener, announce)
