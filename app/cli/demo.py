from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, flock
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from app.errors import Misconfigured

if TYPE_CHECKING:
    from app.settings import Settings, WorkerSettings

READY_FILE: Final = "addresses"
PRINTED: Final = "printed"
MARK: Final = ".rapport-demo"
DEMO_PAGES: Final = ("collector", "kiosk", "entry", "report")
HIGHEST_PORT: Final = 65535
START_SECONDS: Final = 30
PORTS_TRIED: Final = 20


def demo(
    folder: Annotated[
        Path, typer.Option(help="Where the example lives; delete it to begin anew.")
    ] = Path("var/demo"),
    port: Annotated[
        int,
        typer.Option(
            help="Port on this machine; when it is taken, the next free one.", min=1, max=65535
        ),
    ] = 8000,
) -> None:
    """Start an example: a survey to answer and a report to read, with simulated answers."""
    from app.cli.demo_initiative import DEMO_EMAIL, DEMO_PASSPHRASE

    signal.signal(signal.SIGTERM, _stop_on_terminate)
    port = _free_port(port)
    settings = _settings(folder.resolve(), port)
    collector, kiosk, entry, report = _addresses(folder, settings)
    processes = [_start(["serve", "--port", str(port)], _web_part(settings))]
    processes.append(_start(["worker"], settings))
    try:
        _wait_until_ready(settings.base_url, processes)
        typer.echo(f"""
Rapport is running with simulated answers.

  Answer the survey   {settings.base_url}{collector}
  On a shared tablet  {settings.base_url}{kiosk}
  Read the report     {settings.base_url}{report}
  Enter paper sheets  {settings.base_url}{entry}
  Look in as staff    {settings.base_url}/staff
                      These two ask you to sign in:
                      {DEMO_EMAIL}, {DEMO_PASSPHRASE}

  A poster and the paper sheets lie in {folder / PRINTED}.

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
        database_url=f"sqlite:///{folder / 'rapport.db'}",
        base_url=f"http://127.0.0.1:{port}",
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
        count_key_store=folder / "count-keys",
        count_master_file=folder / "secrets" / "count-master",
        backup_folder=folder / "backups",
    )


def _free_port(wanted: int) -> int:
    for port in range(wanted, min(wanted + PORTS_TRIED, HIGHEST_PORT + 1)):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Misconfigured(
        f"Port {wanted} and those after it are all taken. Choose another: rapport demo --port 9000"
    )


def _web_part(settings: WorkerSettings) -> Settings:
    """What the web process may know: nothing of the keys that open waves."""
    from app.settings import Settings

    return Settings(**{name: getattr(settings, name) for name in Settings.model_fields})


def _start(command: list[str], settings: Settings) -> subprocess.Popen[bytes]:
    rapport = [sys.executable, "-c", "from app.cli import main; main()"]
    own = {f"RAPPORT_{name.upper()}": str(value) for name, value in settings if value is not None}
    others = {name: value for name, value in os.environ.items() if not name.startswith("RAPPORT_")}
    return subprocess.Popen([*rapport, *command], env=others | own)  # noqa: S603 - our own command


def _addresses(folder: Path, settings: WorkerSettings) -> list[str]:
    """Set the example up at the first start; a start that was cut short begins anew."""
    try:
        with _alone(folder):
            ready = folder / READY_FILE
            known = ready.read_text().split() if ready.exists() else []
            if len(known) != len(DEMO_PAGES):
                known = _set_up(folder, settings)
                ready.write_text("\n".join(known))
    except OSError as exc:
        raise Misconfigured(
            f"{folder} cannot be used: {exc.strerror}. Name another folder: rapport demo --folder"
        ) from exc
    return known


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Only a folder that a demo made, or an empty one, and one demo at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    mark = folder / MARK
    if not mark.exists() and any(folder.iterdir()):
        raise Misconfigured(
            f"{folder} holds other files. Name an empty or a new folder: rapport demo --folder"
        )
    with mark.open("a") as held:
        try:
            flock(held, LOCK_EX | LOCK_NB)
        except BlockingIOError as exc:
            raise Misconfigured(
                f"Another demo is being set up in {folder}. Wait for it, or name another folder."
            ) from exc
        yield


def _set_up(folder: Path, settings: WorkerSettings) -> list[str]:
    from app.cli.demo_initiative import print_demo, set_up_demo
    from app.db import Database
    from app.migrations import migrate

    for left_over in folder.iterdir():
        if left_over.is_dir():
            shutil.rmtree(left_over)
        elif left_over.name != MARK:
            left_over.unlink()
    database = Database(settings.database_url, role="rapport_operator")
    migrate(database)
    addresses = set_up_demo(database, settings, typer.echo)
    print_demo(database, addresses, folder / PRINTED, base_url=settings.base_url)
    database.dispose()
    return [getattr(addresses, page) for page in DEMO_PAGES]


def _wait_until_ready(base_url: str, processes: list[subprocess.Popen[bytes]]) -> None:
    from urllib.error import URLError
    from urllib.request import urlopen

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
