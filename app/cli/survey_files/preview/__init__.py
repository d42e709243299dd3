"""`rapport preview`: the page that residents will see, from a survey file alone."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Final

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.instruments.model import Instrument
    from app.settings import WorkerSettings

HOST: Final = "127.0.0.1"


def preview(
    file: Annotated[Path, typer.Argument(help="The YAML file of an instrument.")],
    lang: Annotated[
        str | None, typer.Option(help="Language to open first; the page offers the others.")
    ] = None,
    port: Annotated[
        int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)
    ] = 0,
    *,
    browse: Annotated[
        bool, typer.Option("--open", help="Open it in the browser of this machine.")
    ] = False,
    after: Annotated[
        bool, typer.Option("--after", help="Show the after wave instead of the before wave.")
    ] = False,
) -> None:
    """Show the page of a survey file as residents will see it, until stopped.

    The initiative around it is made up. Answers can be sent, but nobody can open them, and all is
    deleted when the preview stops.
    """
    from app.cli.process.launcher import listen, run_server
    from app.cli.survey_files.preview.wave import open_preview
    from app.instruments.load import load_instrument_file
    from app.main import create_app

    instrument = load_instrument_file(file)
    languages = _languages(instrument, lang)
    listener = listen(HOST, port)
    base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    with TemporaryDirectory(prefix="rapport-preview-") as folder:
        settings = _settings(Path(folder), base_url)
        path = open_preview(settings, instrument, languages, "follow_up" if after else "baseline")
        address = f"{base_url}{path}?lang={languages[0]}"

        def announce() -> None:
            typer.echo(f"{file} is shown at {address} - stop with Ctrl+C")
            if browse:
                webbrowser.open(address)

        run_server(create_app(settings), listener, announce)


def _languages(instrument: Instrument, wanted: str | None) -> tuple[str, ...]:
    """Those without gaps, the wanted one first."""
    from app.instruments.texts import openable_languages

    languages = openable_languages(instrument)
    known = ", ".join(languages) or "none"
    if not languages or (wanted is not None and wanted not in languages):
        raise BadInput(
            f"{instrument.id} cannot be shown in {wanted or 'any language'}: texts are missing. "
            f"Languages without gaps: {known}. `rapport check-instrument` lists the gaps."
        )
    first = wanted or languages[0]
    return (first, *(language for language in languages if language != first))


def _settings(folder: Path, base_url: str) -> WorkerSettings:
    from app.settings import WorkerSettings

    return WorkerSettings(
        database_url=f"sqlite:///{folder / 'preview.db'}",
        base_url=base_url,
        web_key_store=folder / "web-keys",
        web_master_file=folder / "secrets" / "web-master",
        count_key_store=folder / "count-keys",
        count_master_file=folder / "secrets" / "count-master",
    )
