"""`rapport xlsform`: an instrument as a form for Kobo and ODK, and a form as an instrument."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.instruments.xlsform import Loss

xlsform = typer.Typer(
    help="Write an instrument as XLSForm, for Kobo and ODK, or read one.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def export_form(
    file: Annotated[Path, typer.Argument(help="The YAML file of an instrument.")],
    to: Annotated[
        Path | None, typer.Option(help="The workbook to write; FILE.xlsx by default.")
    ] = None,
) -> None:
    """Write the form, and tell what of the instrument an XLSForm cannot say."""
    from app.instruments.load import read_instrument_file
    from app.instruments.xlsform import write_xlsform

    instrument = read_instrument_file(file).instrument
    to = _target(file, to, ".xlsx")
    try:
        with to.open("wb") as opened:
            losses = write_xlsform(instrument, opened)
    except OSError as exc:
        raise BadInput(f"{to}: The file cannot be written ({exc.strerror}).") from exc
    _tell(to, losses)


def import_form(
    file: Annotated[Path, typer.Argument(help="An XLSForm (.xlsx).")],
    to: Annotated[
        Path | None, typer.Option(help="The YAML to write; FILE.yaml by default.")
    ] = None,
) -> None:
    """Write the YAML of an instrument, and tell what of the form was lost.

    Check it next: `rapport check-instrument` says what a form may do and an instrument may not.
    """
    from app.instruments.xlsform import read_xlsform

    to = _target(file, to, ".yaml")
    text, losses = read_xlsform(file)
    try:
        to.write_text(text, "utf-8")
    except OSError as exc:
        raise BadInput(f"{to}: The file cannot be written ({exc.strerror}).") from exc
    _tell(to, losses)
    typer.echo(f"Next: rapport check-instrument {to}")


def _target(file: Path, to: Path | None, ending: str) -> Path:
    """Nothing that is there already is written over."""
    to = to or file.with_suffix(ending)
    if to.exists():
        raise BadInput(f"{to}: There is such a file already. Name another one with --to.")
    return to


def _tell(to: Path, losses: Sequence[Loss]) -> None:
    typer.echo(f"Written: {to}")
    typer.echo(f"Not carried over: {len(losses)}")
    for loss in losses:
        typer.echo(f"  {loss}")


xlsform.command("export")(export_form)
xlsform.command("import")(import_form)
