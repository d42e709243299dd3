"""`rapport prove-anonymity`: attacks a copy of this installation's own database."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.db import Database
    from app.responses.linkage.proof import Attack, Found


def prove_anonymity(
    *,
    public: Annotated[
        bool, typer.Option("--public", help="Print the text for a public page instead.")
    ] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep what was found, so that owners can publish it.")
    ] = False,
) -> None:
    """Try on a copy of the database whether an insider could tell whose answers are whose.

    The copy gets a wave of a thousand made-up people, sent, sealed and counted by this program, and
    every order that the database shows is taken for the order in which they came. The same attack
    on a ledger of the usual kind shows that it would find them. The copy is deleted; the database
    in use is only read, but that --keep notes the numbers in the log of each agency.
    """
    from app.backups.target import BackupTarget
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.responses.linkage.proof import attack_copy
    from app.settings import WorkerSettings

    settings = WorkerSettings()
    database = Database(settings.database_url, statement_seconds=600, role="rapport_operator")
    refuse_other_schema(database)
    found: list[Found] = []
    with _scratch_folder(settings.backup_folder) as scratch:

        def attack(copy: Database) -> None:
            typer.echo("  attacking the copy", err=True)
            found.append(attack_copy(copy, scratch))

        target = BackupTarget(scratch / "copy", settings.postgres_programs)
        target.back_up(database, "proof", attack, lambda line: typer.echo(f"  {line}", err=True))
    if keep:
        _keep(database, found[0])
    database.dispose()
    for line in _for_the_public(found[0]) if public else for_staff(found[0]):
        typer.echo(line)
    raise typer.Exit(0 if found[0].holds else 1)


@contextmanager
def _scratch_folder(backups: Path | None) -> Iterator[Path]:
    """Where the next backup clears away what a killed proof leaves: everybody's answers."""
    from app.backups.target import RESTORING

    if backups is not None:
        backups.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=RESTORING, dir=backups) as folder:
        yield Path(folder)


def _keep(database: Database, found: Found) -> None:
    """In the log of each agency: it is the database of all of them that was attacked."""
    from importlib.metadata import version

    from app import clock
    from app.accounts.service import list_agencies
    from app.responses.linkage.proof import PEOPLE
    from app.responses.linkage.published import Proof, keep_proof

    proof = Proof(
        on=clock.now().date(),
        version=version("rapport"),
        people=PEOPLE,
        best=max(attack.exact for attack in found.attacks),
        ledger=found.ledger.exact,
        sealed_left=found.sealed_left,
        codes_left=found.codes_left,
        holds=found.holds,
    )
    with database.writing() as session:
        for agency in list_agencies(session):
            keep_proof(session, agency.agency_id, proof)
    typer.echo("Kept. Owners find it on the page Anonymity, and can publish it.", err=True)


def for_staff(found: Found) -> Iterator[str]:
    from app.responses.linkage.proof import MOST_BY_CHANCE, PEOPLE

    yield f"Found by whoever reads the database's tables after a count, of {PEOPLE} planted people:"
    for attack in found.attacks:
        yield _line(f"responses by {attack.name}", attack)
    yield _line("a ledger beside the answers (for comparison)", found.ledger)
    yield f"Chance finds one, and more than {MOST_BY_CHANCE} never."
    yield f"Counted waves here: {found.counted_waves}. Sealed sheets left of them: "
    yield f"  {found.sealed_left}; codes left: {found.codes_left}; keys kept: {found.keys_kept}."
    if found.keys_kept:
        yield "A key is kept until a backup was proved: set RAPPORT_BACKUP_FOLDER. Until then, who"
        yield "has it and an old backup could tell which sealed sheet held which answers."
    yield "The promise holds." if found.holds else "THE PROMISE DOES NOT HOLD: ask for help."


def _for_the_public(found: Found) -> Iterator[str]:
    from app.responses.linkage.proof import PEOPLE

    most = max(attack.exact for attack in found.attacks)
    yield "Could somebody with full access to our database tell which answers are yours?"
    yield (
        f"We tried. In a copy of it {PEOPLE} made-up people answered a survey, which was counted. "
        f"Reading all answers in every order that the database shows, we placed {most} of them "
        "rightly at best; guessing places one or a few."
    )
    yield (
        f"With a list of who answered kept beside the answers, as is usual elsewhere, the same "
        f"attempt placed {found.ledger.exact} of {PEOPLE}."
    )
    yield (
        "What we cannot rule out: somebody who breaks into the computer while a survey is open, "
        "or who looks over your shoulder."
    )


def _line(name: str, attack: Attack) -> str:
    return f"  {name}: {attack.exact} (order alike: {attack.tau:+.2f})"
