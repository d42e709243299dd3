"""The command `rapport`: one file a command, heavy imports inside its function."""

from __future__ import annotations

import os
import sys

import typer

from app.cli import (
    backup,
    check_instrument,
    compare,
    demo,
    migrate,
    report,
    serve,
    worker,
)
from app.errors import AppError

_program = typer.Typer(
    name="rapport",
    help="Ask a community how far it trusts its police, before and after, and compare honestly.",
    epilog="Start with `rapport demo`. Every command explains itself with --help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_program.command("demo")(demo.demo)
_program.command("check-instrument")(check_instrument.check_instrument)
_program.command("compare")(compare.compare)
_program.command("migrate")(migrate.migrate)
_program.command("serve")(serve.serve)
_program.command("worker")(worker.worker)
_program.command("report")(report.report)
_program.command("backup")(backup.backup)


def main() -> None:
    """People get what is wrong and what to do; RAPPORT_TRACEBACK=1 shows programmers the rest."""
    try:
        _program()
    except AppError as exc:
        if "RAPPORT_TRACEBACK" in os.environ:
            raise
        typer.echo(exc.message, err=True)
        sys.exit(1)
