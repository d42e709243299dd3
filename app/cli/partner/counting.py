"""`rapport partner count`: the partner's own count, on the partner's own computer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.cli.partner.passphrases import KeyFile, PassphraseFile, ask_passphrase, opened_key
from app.errors import BadInput

if TYPE_CHECKING:
    from app.responses.count.steps import Step

NAME: Final = "opened-{number}-of-{parts}.rapport"


def count(
    intake: Annotated[Path, typer.Argument(help="The sealed sheets, from the wave's page.")],
    key: KeyFile,
    to: Annotated[Path, typer.Option(help="The folder for the opened sheets.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Open, check and shuffle the sealed sheets here, and write signed files to hand in.

    It needs no network and no database. The files hold answers without a trace of their order:
    hand them in on the wave's page, and delete them and the sealed sheets when it is counted.
    """
    from app.cli.process.hardening import harden_process
    from app.privacy.seal import SealOpener
    from app.responses.count.opening import open_sheets, refuse_doubtful
    from app.responses.custody.handing_in import write_parts
    from app.responses.custody.sealed_intake import LONGEST_LINE, read_head, read_sheets

    harden_process()
    if not to.is_dir():
        raise BadInput(f"{to} is no folder. Make it first.")
    held = opened_key(key, ask_passphrase(passphrase_file))
    try:
        file = intake.open("rb")
    except OSError as exc:
        raise BadInput(f"{intake} cannot be read: {exc.strerror}.") from exc
    with file:
        head = read_head(file.readline(LONGEST_LINE))
        if head.public_key != held.public:
            raise BadInput(f"{key} is the key of another wave: these sheets do not open with it.")
        opener = SealOpener(held.private, head.wave_id)
        sheets = read_sheets(file, head)
        opened = open_sheets(head.asked, opener, sheets, head.sheets, _tell)
    refuse_doubtful(opened, _tell)
    parts = list(write_parts(opened, head, held))
    for number, part in enumerate(parts, 1):
        _write_for_us(to / NAME.format(number=number, parts=len(parts)), part)
    typer.echo(f"Sheets: {head.sheets}, counted: {len(opened.rows)}. Hand in {len(parts)} file(s):")
    for number in range(1, len(parts) + 1):
        typer.echo(f"  {to / NAME.format(number=number, parts=len(parts))}")


def _write_for_us(file: Path, answers: bytes) -> None:
    """Every answer stands in it, in clear: nobody else on this computer may read it."""
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_bytes(answers)


def _tell(_step: Step, line: str) -> None:
    typer.echo(f"  {line}", err=True)
