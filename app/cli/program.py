"""Names the commands, and turns errors into what is wrong and what to do."""

from __future__ import annotations

import errno
import os
import sys
from typing import Final

import typer

from app.cli import (
    compare,
    demo,
    doctor,
    migrate,
    report,
    serve,
    texts,
    worker,
)
from app.cli.accounts import audit, create_owner
from app.cli.backups import backup, backup_key, restore
from app.cli.downloads import export, xlsform
from app.cli.imports import import_baseline
from app.cli.partner import partner
from app.cli.process.hardening import dump_no_memory
from app.cli.proofs import prove_anonymity
from app.cli.retention import erase, records_package
from app.cli.survey_files import check_instrument, preview
from app.cli.survey_files.translate import translate
from app.cli.ways_in import codes, collectors, printing
from app.errors import AppError

TRACEBACK: Final = "RAPPORT_TRACEBACK"
_FULL: Final = {errno.ENOSPC, errno.EDQUOT}

program = typer.Typer(
    name="rapport",
    help="Ask a community how far it trusts its police, before and after, and compare honestly.",
    epilog="Start with `rapport demo`. Every command explains itself with --help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
program.command("demo")(demo.demo)
program.command("check-instrument")(check_instrument.check_instrument)
program.command("preview")(preview.preview)
program.add_typer(translate, name="translate")
program.command("compare")(compare.compare)
program.command("codes")(codes.codes)
program.command("migrate")(migrate.migrate)
program.command("serve")(serve.serve)
program.command("worker")(worker.worker)
program.command("collectors")(collectors.collectors)
program.add_typer(printing.printing, name="print")
program.command("report")(report.report)
program.command("export")(export.export)
program.add_typer(xlsform.xlsform, name="xlsform")
program.command("import-baseline")(import_baseline.import_baseline)
program.command("texts")(texts.texts)
program.command("erase")(erase.erase)
program.command("records-package")(records_package.records_package)
program.command("doctor")(doctor.doctor)
program.command("backup")(backup.backup)
program.command("backup-key")(backup_key.backup_key)
program.command("restore")(restore.restore)
program.command("prove-anonymity")(prove_anonymity.prove_anonymity)
program.add_typer(partner, name="partner")
program.command("create-owner")(create_owner.create_owner)
program.add_typer(audit.audit, name="audit")


def main() -> None:
    """People get what is wrong and what to do; RAPPORT_TRACEBACK=1 shows programmers the rest."""
    dump_no_memory()  # many a command holds answers, codes, or the key of a wave
    try:
        program()
    except AppError as exc:
        if TRACEBACK in os.environ:
            raise
        typer.echo(exc.message, err=True)
        sys.exit(1)
    except Exception as exc:
        if TRACEBACK in os.environ:
            raise
        if wrong := _wrong_settings(exc) or _refused_by_system(exc):
            typer.echo(wrong, err=True)
            sys.exit(1)
        typer.echo(
            f"Rapport stopped because of a fault of its own ({type(exc).__name__}). "
            f"Run the command again with {TRACEBACK}=1 to see where, and report it.",
            err=True,
        )
        sys.exit(70)  # EX_SOFTWARE


def _wrong_settings(problem: Exception) -> str:
    """A line a setting; nothing where it is another problem. Their values may be secret."""
    from pydantic import ValidationError

    from app.settings import Settings, WorkerSettings

    of_settings = {kind.__name__ for kind in (Settings, WorkerSettings)}
    if not isinstance(problem, ValidationError) or problem.title not in of_settings:
        return ""
    told = []
    for error in problem.errors():
        name = "_".join(map(str, error["loc"]))
        why = error["msg"].removeprefix("Value error, ")
        if error["type"] == "string_pattern_mismatch":  # a pattern tells nobody what to write
            why = f"write {WorkerSettings.model_fields[name].description}"
        told.append(f"RAPPORT_{name.upper()} cannot be used: {why}.")
    return "\n".join(told)


def _refused_by_system(problem: Exception) -> str:
    """A file that is none, or is closed to us; a disk that is full or takes no writes."""
    if not isinstance(problem, OSError):
        return ""
    if problem.errno in _FULL:
        return "The disk is full. Free space, then run the command again."
    if problem.filename is None:
        return ""
    return (
        f"{problem.filename} cannot be used: {problem.strerror}. Correct the setting or the "
        "argument that names it, or give this account the right to use it."
    )
