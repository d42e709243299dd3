"""`rapport print`: what people hold in their hands, as PDF."""

from __future__ import annotations

import csv
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from app.collectors.cards import Card
    from app.collectors.service import FieldedCollector
    from app.settings import Settings


class Paper(StrEnum):
    A4 = "a4"
    LETTER = "letter"


CollectorId = Annotated[
    str,
    typer.Argument(
        metavar="COLLECTOR", help="The last part of its address, as `rapport collectors` lists it."
    ),
]
Out = Annotated[Path, typer.Option(help="Write the PDF to this file.")]
Language = Annotated[str, typer.Option(help="One of the languages of the wave.")]
Size = Annotated[Paper, typer.Option(help="Size of the paper.")]


def poster(
    collector: CollectorId, out: Out, language: Language = "en", paper: Size = Paper.A4
) -> None:
    """Print a poster with a QR code, for a collector that is a link."""
    from app.printing.poster import print_poster

    def make(fielded: FieldedCollector, settings: Settings) -> bytes:
        return print_poster(fielded, language, paper.value, base_url=settings.base_url)

    _print(collector, out, make)


def paper_sheets(
    collector: CollectorId, out: Out, language: Language = "en", paper: Size = Paper.A4
) -> None:
    """Print the questionnaire, for a collector of the mode paper, and tell where to enter it."""
    from app.printing.paper import print_paper

    def make(fielded: FieldedCollector, settings: Settings) -> bytes:
        del settings
        return print_paper(fielded, language, paper.value)

    _print(collector, out, make)


def cards(
    collector: CollectorId,
    codes: Annotated[
        Path,
        typer.Option(
            help="CSV as `rapport codes` writes it: columns code and address, one card a row."
        ),
    ],
    out: Out,
    language: Language = "en",
    paper: Size = Paper.A4,
) -> None:
    """Print cards to cut out, one for each code, for a collector that takes codes."""
    from app.printing.cards import print_cards

    given = read_cards(codes)

    def make(fielded: FieldedCollector, settings: Settings) -> bytes:
        del settings
        return print_cards(fielded, language, paper.value, given)

    _print(collector, out, make)


def read_cards(file: Path) -> list[Card]:
    from app.collectors.cards import Card

    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError) as fault:
        raise BadInput(f"{file} cannot be read: {fault}. Name a CSV file in UTF-8.") from fault
    for line, row in enumerate(rows, start=2):
        if not row.get("code") or not row.get("address"):
            raise BadInput(
                f"{file}, line {line}: a code or its address is missing. The file needs the "
                "columns code and address."
            )
    return [Card(row["code"], row["address"], bool(row.get("test"))) for row in rows]


def _print(public_id: str, out: Path, make: Callable[[FieldedCollector, Settings], bytes]) -> None:
    from app.collectors.service import load_collector
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.reports.files import write_file
    from app.settings import Settings

    settings = Settings()
    database = Database(settings.database_url, role="rapport_operator")
    refuse_other_schema(database)
    with database.reading() as session:
        fielded = load_collector(session, public_id)
    database.dispose()
    write_file(out, make(fielded, settings))
    typer.echo(f"Written: {out}")


printing = typer.Typer(
    help="Print a poster, a paper questionnaire or cards with codes, as PDF.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
printing.command("poster")(poster)
printing.command("paper")(paper_sheets)
printing.command("cards")(cards)
