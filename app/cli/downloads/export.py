"""`rapport export`: one file of a wave, of a report, or of a restricted bundle."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from typing import IO

    from app.exports.bundles.opened import WaveName
    from app.exports.service import Wanted

RESTRICTED = (
    "RESTRICTED: this file holds what single people answered. Keep it where only those may read "
    "it whom the promise to residents names; it is not for publication."
)


def export(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[WAVE|REPORT|BUNDLE]",
            help="The id of a wave or a report (`rapport report` lists them), or a bundle.zip.",
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Argument(metavar="[KIND]", help="What to write; without it, the list.")
    ] = None,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Where to.")] = None,
    *,
    language: Annotated[str, typer.Option(help="Of labels and texts.")] = "en",
    wave: Annotated[str, typer.Option(help="Of a bundle: before or after.")] = "after",
    reason: Annotated[
        str, typer.Option(help="Why single answers must leave; kept in the audit log.")
    ] = "",
) -> None:
    """Write one file of answers, a codebook, a bundle or a report; without a kind, list them.

    Single answers leave the database only with --reason. From a bundle, whoever has it writes its
    answers in any other format, without a database.
    """
    from app.exports.service import Wanted

    if source is None or kind is None or file is None:
        _list()
        return
    wanted = Wanted(kind, source, language, reason)
    if wanted.download.is_printed:
        raise BadInput("Posters and paper sheets are made by `rapport print`.")
    if source.endswith(".zip"):
        _from_bundle(Path(source), wanted, file, wave)
    else:
        _from_database(wanted, file)
    typer.echo(f"Written: {file}")
    if wanted.download.has_answers:
        typer.echo(RESTRICTED, err=True)


def _list() -> None:
    from app.exports.catalogue import DOWNLOADS

    typer.echo("Kinds (write one with `rapport export SOURCE KIND FILE`):")
    for download in (each for each in DOWNLOADS if not each.is_printed):
        note = ", single answers: needs --reason" if download.has_answers else ""
        typer.echo(f"  {download.kind:<18} of a {download.of}, .{download.ending}{note}")


def _from_bundle(source: Path, wanted: Wanted, file: Path, wave: str) -> None:
    from app.exports.bundles.opened import bundle_table
    from app.exports.codebooks import CODEBOOKS
    from app.exports.formats import DATA_FILES

    if wanted.download.of != "wave":
        raise BadInput(f"{wanted.kind} is made of a report in the database, not of a bundle.")
    table = bundle_table(source, _wave_name(wave))
    with _written(file, is_restricted=wanted.download.has_answers) as sink:
        if wanted.kind in CODEBOOKS:
            sink.write(CODEBOOKS[wanted.kind](table.codebook, wanted.language))
        else:
            DATA_FILES[wanted.kind](table, wanted.language, sink)


def _wave_name(wave: str) -> WaveName:
    if wave == "before":
        return "before"
    if wave == "after":
        return "after"
    raise BadInput(f"A bundle has a wave before and a wave after, and none called {wave!r}.")


def _from_database(wanted: Wanted, file: Path) -> None:
    from dataclasses import replace

    from app.accounts.audit import note_act
    from app.cli.process.hardening import harden_process
    from app.db import Database
    from app.exports.making import write_download
    from app.exports.service import checked_reason
    from app.migrations import refuse_other_schema
    from app.reports.service import key_of
    from app.settings import WorkerSettings

    harden_process()
    reason = checked_reason(wanted)
    agency_id, subject = key_of(wanted.subject)
    database = Database(
        WorkerSettings().database_url, statement_seconds=600, role="rapport_operator"
    )
    refuse_other_schema(database)
    with database.writing() as session:
        facts = {"kind": wanted.kind, "subject": subject, "reason": reason}
        note_act(session, agency_id, None, "export", subject, facts)
    own = replace(wanted, subject=subject)
    with (
        database.reading() as session,
        _written(file, is_restricted=wanted.download.has_answers) as sink,
    ):
        write_download(session, agency_id, own, sink, lambda told: typer.echo(told, err=True))
    database.dispose()


@contextmanager
def _written(file: Path, *, is_restricted: bool) -> Iterator[IO[bytes]]:
    """A file that is not whole does not stay. A restricted one is its owner's alone to read."""
    try:
        file.touch(mode=0o600 if is_restricted else 0o644)
        if is_restricted:
            file.chmod(0o600)
        opened = file.open("wb")
    except OSError as exc:
        raise BadInput(f"{file}: The file cannot be written ({exc.strerror}).") from exc
    try:
        with opened:
            yield opened
    except BaseException:
        file.unlink(missing_ok=True)
        raise
