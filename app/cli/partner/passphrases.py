"""The passphrase of a partner's key: typed unseen, or read from a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.privacy.partner.key_file import PartnerKey

PassphraseFile = Annotated[
    Path | None,
    typer.Option(help="Read the passphrase from this file's first line instead of asking for it."),
]
KeyFile = Annotated[Path, typer.Option(help="A copy of the key.")]


def ask_passphrase(file: Path | None, *, is_new: bool = False) -> str:
    if file is None:
        return str(typer.prompt("Passphrase", hide_input=True, confirmation_prompt=is_new))
    lines = read_text(file).splitlines()
    if not lines:
        raise BadInput(f"{file} is empty. Write the passphrase into its first line.")
    return lines[0]


def opened_key(file: Path, passphrase: str) -> PartnerKey:
    from app.privacy.partner.key_file import open_key_file

    return open_key_file(read_text(file), passphrase)


def read_text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as exc:
        raise BadInput(f"{file} cannot be read: {exc}.") from exc
