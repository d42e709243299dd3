"""`rapport backup-key`: a pair of keys, one to encrypt backups with, one to keep elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backup_key(
    to: Annotated[Path, typer.Argument(help="The file that shall hold the private key.")],
) -> None:
    """Make the key that opens encrypted backups, on a computer that is not the server.

    Copy the file to two places, such as a memory stick and a sheet of paper in a safe: without it
    no backup can be opened. Its public half goes into RAPPORT_BACKUP_RECIPIENT on the server.
    """
    from app.privacy.backup_files import make_identity

    public = make_identity(to)
    typer.echo(f"RAPPORT_BACKUP_RECIPIENT={public}")
    typer.echo(
        f"The private key is in {to}. Keep two copies away from the server, and try one with "
        f"`rapport restore BACKUP --check --identity {to}`.",
        err=True,
    )
