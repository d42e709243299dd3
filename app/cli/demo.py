from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final, NoReturn
from urllib.error import URLError
from urllib.request import urlopen

import typer

from app.errors import Misconfigured

if TYPE_CHECKING:
    from app.settings import WorkerSettings

READY_FILE: Final = "addresses"
START_SECONDS: Final = 30
PORTS_TRIED: Final = 20


def demo(
    folder: Annotated[
        Path, typer.Option(help="Where the example lives; delete it to begin anew.")
    ] = Path("var/demo"),
    port: Annotated[
        int, typer.Option(help="Port on this machine; when it is taken, the next free one.")
    ] = 8000,
) -> None:
    """Start an example: a survey to answer and a report to read, with simulated answers."""
    signal.signal(signal.SIGTERM, _stop_on_terminate)
    port = _free_port(port)
    settings = _settings(folder.resolve(), port)
    collector, report = _addresses(folder, settings)
    environment = os.environ | _environment(settings)
    commands = (["serve", "--port", str(port)], ["worker"])
    rapport = [sys.executable, "-c", "from app.cli import main; main()"]
    processes = [
        subprocess.Popen([*rapport, *command], env=environment)  # noqa: S603 - our own commands
        for command in commands
    ]
    try:
        _wait_until_ready(settings.base_url, processes)
        typer.echo(f"""
Rapport is running with simulated answers.

  Answer the survey   {settings.base_url}{collector}
  Read the report     {settings.base_url}{report}

Stop with Ctrl-C. `rm -r {folder}` begins anew.""")
        while all(process.poll() is None for process in processes):
            time.sleep(0.2)
        raise Misconfigured("A part of Rapport ended by itself; its message stands above.")
    except KeyboardInterrupt:
        typer.echo("Stopped.")
    finally:
        _stop(processes)


def _settings(folder: Path, port: int) -> WorkerSettings:
    from app.settings import WorkerSettings

    return WorkerSettings(
        environment="demo",
        database_url=f"sqlite:///{folder / 'rapport.db'}",
        base_url=f"http://127.0.0.1:{port}",
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
        count_key_store=folder / "count-keys",
        count_master_file=folder / "secrets" / "count-master",
        backup_folder=folder / "backups",
    )


def _free_port(wanted: int) -> int:
    for port in range(wanted, wanted + PORTS_TRIED):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Misconfigured(
        f"The ports {wanted} to {wanted + PORTS_TRIED - 1} are all taken. "
        "Choose another: rapport demo --port 9000"
    )


def _environment(settings: WorkerSettings) -> dict[str, str]:
    return {f"RAPPORT_{name.upper()}": str(value) for name, value in settings if value is not None}


def _addresses(folder: Path, settings: WorkerSettings) -> tuple[str, str]:
    """Set the example up at the first start; a start that was cut short begins anew."""
    ready = folder / READY_FILE
    if not ready.exists():
        from app.cli.demo_initiative import set_up_demo
        from app.db import Database
        from app.migrations import migrate

        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        database = Database(settings.database_url)
        migrate(database)
        addresses = set_up_demo(database, settings, typer.echo)
        database.dispose()
        ready.write_text(f"{addresses.collector}\n{addresses.report}\n")
    collector, report = ready.read_text().split()
    return collector, report


def _wait_until_ready(base_url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if any(process.poll() is not None for process in processes):
            raise Misconfigured("Rapport could not start; the reason stands above.")
        try:
            with urlopen(f"{base_url}/healthz", timeout=1):  # noqa: S310 - our own http address
                return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.1)
    raise Misconfigured(f"Rapport did not answer within {START_SECONDS} seconds.")


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        process.wait()


def _stop_on_terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
