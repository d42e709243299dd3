"""`rapport import-baseline`: a before wave that was taken elsewhere, from its CSV or XLSX."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.db import Database
    from app.imports.reading import Reading

ACT = "import baseline"
OPEN = "?"
FIELDING = ("first_day", "last_day", "mode", "recruitment", "language")


def import_baseline(
    wave: Annotated[
        str,
        typer.Argument(metavar="WAVE", help="A draft baseline, as `rapport collectors` lists it."),
    ],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the other tool exported.")],
    *,
    mapping: Annotated[
        Path | None, typer.Option(help="Which column is which question; then it is imported.")
    ] = None,
    propose: Annotated[
        Path | None, typer.Option(help="Write a mapping to start from, and import nothing.")
    ] = None,
) -> None:
    """Import a before wave that was taken elsewhere. Without a mapping, only say what is there.

    Names, addresses, e-mail, network addresses and times are never imported. The file is read and
    not kept: delete it yourself where nobody needs it.
    """
    from app.cli.process.hardening import harden_process
    from app.collectors.service import split_public_id
    from app.db import Database
    from app.imports.reading import read_file
    from app.migrations import refuse_other_schema
    from app.settings import WorkerSettings

    harden_process()
    database = Database(
        WorkerSettings().database_url, statement_seconds=600, role="rapport_operator"
    )
    refuse_other_schema(database)
    key = split_public_id(wave)
    reading = read_file(_bytes(file))
    if mapping is not None:
        lines = _import(database, key, reading, _bytes(mapping).decode("utf-8", "replace"))
    else:
        lines = _look(database, key, reading, propose)
    for line in lines:
        typer.echo(line)
    database.dispose()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise BadInput(f"{path} cannot be read: {exc.strerror}. Check the path.") from exc


def _look(
    database: Database, key: tuple[str, str], reading: Reading, propose: Path | None
) -> list[str]:
    from app.imports.service import propose_mapping

    with database.reading() as session:
        proposal = propose_mapping(session, *key, reading)
    columns = {name: mapped.model_dump(mode="json") for name, mapped in proposal.columns.items()}
    if propose is not None:
        document = {"fielding": dict.fromkeys(FIELDING, OPEN), "columns": columns}
        _mark_gaps(columns, reading)
        propose.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [*_told_reading(reading, columns), *([f"Written: {propose}"] if propose else [])]


def _mark_gaps(columns: dict[str, Any], reading: Reading) -> None:
    """What nobody can know but the person: whoever edits the file must put something there."""
    from app.privacy.masking import mask_identifiers

    for name, mapped in columns.items():
        column = reading.column(name)
        if column is not None and column.is_list:
            for content in column.parted(mapped["separator"]):
                if mask_identifiers(content) == content:
                    mapped["codes"].setdefault(content, OPEN)


def _told_reading(reading: Reading, columns: dict[str, Any]) -> Iterator[str]:
    yield f"{reading.tool}: {reading.n_rows:,} rows. Read as {reading.read_as}."
    for column in reading.columns:
        if column.never is not None:
            yield f"  never imported ({column.never}): {column.key}"
        elif column.key in columns:
            yield f"  {columns[column.key]['question']}: {column.key}"
        else:
            yield f"  not mapped: {column.key}"


def _import(database: Database, key: tuple[str, str], reading: Reading, mapping: str) -> list[str]:
    from app.accounts.audit import note_act
    from app.imports.mapping import read_mapping_file
    from app.imports.service import bring_baseline
    from app.imports.service import import_baseline as keep
    from app.imports.telling import audit_facts, told_outcome

    wanted = read_mapping_file(mapping)
    with database.reading() as session:
        brought = bring_baseline(session, *key, reading, wanted, wanted.fielding)
    with database.writing() as session:
        manifest = keep(session, *key, brought)
        note_act(session, key[0], None, ACT, key[1], audit_facts(manifest))
    return list(told_outcome(manifest))
