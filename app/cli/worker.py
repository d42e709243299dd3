"""`rapport worker`: opens and counts waves and computes reports, beside the web process."""

import signal
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from types import FrameType

    from app.worker import Worker


def worker(
    *,
    until_empty: Annotated[
        bool, typer.Option("--until-empty", help="End when no job is due any more.")
    ] = False,
    without_count_keys: Annotated[
        bool,
        typer.Option(
            "--without-count-keys",
            help="Leave opening and counting waves to a worker that holds their keys.",
        ),
    ] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="First give every failed job a new start.")
    ] = False,
) -> None:
    """Do what takes longer than a page may: open, close and count waves, compute reports.

    It needs the count key store (RAPPORT_COUNT_KEY_STORE and RAPPORT_COUNT_MASTER_FILE), which no
    other process may read. Any number of workers may run. The unfinished job of a worker that was
    stopped or killed is done by the next one.
    """
    from app.cli.process.garbage import collect_seldom
    from app.cli.process.hardening import harden_process
    from app.settings import WorkerSettings
    from app.worker import prepare_worker

    harden_process()
    settings = WorkerSettings()
    prepared = prepare_worker(settings, with_count_keys=not without_count_keys)
    _stop_on_signals(prepared)
    collect_seldom()
    if retry_failed:
        typer.echo(f"{prepared.retry_failed()} failed jobs get a new start.")
    if until_empty:
        ended = prepared.run_until_empty()
        unsolved = sum(job.problem is not None for job in ended)
        typer.echo(f"{len(ended)} jobs ended, {unsolved} of them with a problem.")
        raise typer.Exit(1 if unsolved else 0)
    stop_metrics = prepared.show_metrics()
    typer.echo(f"The worker waits for jobs ({', '.join(prepared.kinds)}) - stop with Ctrl+C")
    if settings.backup_folder is None:
        typer.echo("RAPPORT_BACKUP_FOLDER is not set: keys of counted waves are kept.")
    prepared.run()
    stop_metrics()
    typer.echo("The worker has stopped.")


def _stop_on_signals(running: "Worker") -> None:
    """The first signal asks for a clean end; a second one does not wait for it."""

    def stop(number: int, _frame: "FrameType | None") -> None:
        signal.signal(number, signal.SIG_DFL)
        running.stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
