"""`rapport partner new-key`, `try` and `destroy`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from app.cli.partner.passphrases import (
    KeyFile,
    PassphraseFile,
    ask_passphrase,
    opened_key,
    read_text,
)
from app.errors import BadInput

if TYPE_CHECKING:
    from app.privacy.partner.key_file import PartnerKey

NAME: Final = "rapport-partner-{copy}.key"
COPIES: Final = 2


def new_key(
    to: Annotated[
        list[Path],
        typer.Option(help="A folder for a copy of the key. Give it twice: two different places."),
    ],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make the key of a wave, in two copies behind one passphrase, and print its public part.

    Keep the copies in two places, such as two USB sticks in two buildings. Any one of them opens
    the wave; who loses both, or the passphrase, has lost it. Only the public part goes to the
    agency.
    """
    from app.privacy.partner.key_file import new_key_files, public_part

    _refuse_one_place(to)
    files = new_key_files(ask_passphrase(passphrase_file, is_new=True))
    for folder, (copy, content) in zip(to, files.items(), strict=True):
        _write_key(folder / NAME.format(copy=copy), content)
        typer.echo(f"Copy {copy}: {folder / NAME.format(copy=copy)}", err=True)
    if len({folder.stat().st_dev for folder in to}) == 1:
        typer.echo("Both copies lie on one disk. Move one to another place now.", err=True)
    typer.echo("Paste this public part into the page of the wave:", err=True)
    typer.echo(json.dumps(public_part(files[1])))


def try_key(
    challenge: Annotated[Path, typer.Argument(help="The challenge, as the wave's page gave it.")],
    key: KeyFile,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Open the challenge with one copy of the key, and print the answer that proves it.

    Do it with each copy: the wave opens only after both answers were typed into its page.
    """
    from app.privacy.partner.drill import answer_drill
    from app.privacy.seal import SealBroken

    asked = _document(challenge, "rapport.challenge/1")
    held = _fitting(key, ask_passphrase(passphrase_file), asked)
    try:
        answer = answer_drill(held, bytes.fromhex(str(asked["challenge"])), str(asked["wave"]))
    except (SealBroken, ValueError, KeyError) as exc:
        raise BadInput(f"{challenge} was altered. Download the challenge again.") from exc
    typer.echo(f"Copy {held.copy} opens the wave. Type this answer into its page:", err=True)
    typer.echo(answer)


def destroy(
    release: Annotated[
        Path, typer.Argument(help="The release, as the page gives it once all is counted.")
    ],
    key: Annotated[list[Path], typer.Option(help="A copy of the key. Give it twice: both copies.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Destroy both copies of the key, and print a signed certificate that says so.

    From then on nobody can open the sealed sheets, whoever kept them.
    """
    from app import clock
    from app.privacy.partner.key_file import COPIES as ALL
    from app.privacy.partner.statements import sign_statement

    asked = _document(release, "rapport.key-release/1")
    passphrase = ask_passphrase(passphrase_file)
    held = [_fitting(file, passphrase, asked) for file in key]
    if sorted(each.copy for each in held) != list(ALL):
        raise BadInput("Name both copies of the key: this destroys all of them, or none.")
    for file in key:
        _overwrite_and_remove(file)
    statement = {
        "format": "rapport.key-destroyed/1",
        "public": held[0].public.hex(),
        "copies": list(ALL),
        "rows_sha256": asked.get("rows_sha256"),
        "on": clock.now().date().isoformat(),
    }
    typer.echo("Both copies are destroyed. Paste this certificate into the page:", err=True)
    typer.echo(sign_statement(held[0], statement), nl=False)


def _refuse_one_place(folders: list[Path]) -> None:
    if len(folders) != COPIES or len({folder.resolve() for folder in folders}) != COPIES:
        raise BadInput("Name two different folders with --to, each in a place of its own.")
    for folder in folders:
        if not folder.is_dir():
            raise BadInput(f"{folder} is no folder. Make it first, or put in its disk.")
        taken = list(folder.glob(NAME.format(copy="*")))
        if taken:
            raise BadInput(f"{taken[0]} is there already, and no key is overwritten: move it.")


def _write_key(file: Path, content: str) -> None:
    """Read back before anyone relies on it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    if file.read_text("utf-8") != content:
        raise BadInput(f"{file} does not hold what was written to it: take another disk.")


def _overwrite_and_remove(file: Path) -> None:
    """What a flash disk keeps of it is still behind the passphrase."""
    with file.open("r+b") as opened:
        opened.write(bytes(file.stat().st_size))
        opened.flush()
        os.fsync(opened.fileno())
    file.unlink()


def _document(file: Path, form: str) -> dict[str, Any]:
    try:
        document: Any = json.loads(read_text(file))
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict) or document.get("format") != form:
        raise BadInput(f"{file} is not what this command reads. Download it from the wave's page.")
    return document


def _fitting(file: Path, passphrase: str, asked: dict[str, Any]) -> PartnerKey:
    held = opened_key(file, passphrase)
    if held.public.hex() != asked.get("public"):
        raise BadInput(f"{file} is the key of another wave. Take the copy of this one.")
    return held
