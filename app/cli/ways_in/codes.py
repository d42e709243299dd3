"""`rapport codes`: make the codes of cards and flyers, told once in a CSV."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import AppError, BadInput, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.collectors.cards import Batch
    from app.collectors.service import CodedRecruitment
    from app.collectors.tables import Collector
    from app.db import Database
    from app.settings import Settings

ONCE = (
    "The codes stand in this file alone: the database keeps keyed hashes, and no one can list them "
    "again. Each lets someone answer. Keep the file from others, and delete it after printing."
)


def codes(
    place: Annotated[
        str,
        typer.Argument(
            metavar="WAVE|COLLECTOR",
            help="A wave gets a new collector; a collector that asks for codes gets more of them. "
            "`rapport collectors` lists both.",
        ),
    ],
    *,
    csv: Annotated[Path, typer.Option(help="Write the codes to this new file.")],
    number: Annotated[int, typer.Option(help="How many codes to make.")] = 1,
    cap: Annotated[
        int | None,
        typer.Option(
            help="For a wave: make codes for groups; so many answers with each are not flagged. "
            "Without it each code is for one person."
        ),
    ] = None,
    tests: Annotated[int, typer.Option(help="Test cards: they work, and never count.")] = 0,
    label: Annotated[
        str, typer.Option(help="For a wave: what the new collector is called by staff.")
    ] = "Cards",
    area: Annotated[
        int | None, typer.Option(help="For a wave: the number of the area where the cards go.")
    ] = None,
) -> None:
    """Make codes for cards and flyers, told once in a CSV.

    A code is known again by its keyed hash and never stored with an answer. The CSV suits any mail
    merge: names and addresses stay where they are, and never come here.
    """
    from app.collectors.cards import USUAL_CAP, Batch
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.settings import Settings

    settings = Settings()
    database = Database(settings.database_url, pool_size=1, role="rapport_operator")
    refuse_other_schema(database)
    recruitment: CodedRecruitment = "single_use_code" if cap is None else "group_code"
    batch = Batch(number, tests, USUAL_CAP if cap is None else cap)
    try:
        path = _make(database, settings, place, (recruitment, label, area), batch, csv)
    finally:
        database.dispose()
    typer.echo(f"Written: {csv}, {number} codes and {tests} test cards for {path}")
    typer.echo(ONCE, err=True)


def _make(
    database: Database,
    settings: Settings,
    place: str,
    wish: tuple[CodedRecruitment, str, int | None],
    batch: Batch,
    file: Path,
) -> str:
    """The path of the collector. What cannot be written to the file is not made."""
    from app.collectors.cards import cards_as_csv, make_cards
    from app.privacy.codes import CodeTags
    from app.privacy.web_keys import WebKeyStore

    tags = CodeTags(WebKeyStore(settings.web_key_store, settings.web_master_file))
    is_written = False
    try:
        with database.writing() as session:
            collector = _collector(session, place, *wish)
            cards = make_cards(session, tags, collector, batch, base_url=settings.base_url)
            area = "" if collector.area_code is None else str(collector.area_code)
            _write_new(file, cards_as_csv(cards, label=collector.label, area=area))
            is_written = True
            path = f"/s/{collector.public_id}"
    except AppError:
        if is_written:
            file.unlink()  # the database did not keep these codes
        raise
    except FileExistsError:
        raise BadInput(f"{file}: There is such a file already. Choose another name.") from None
    except OSError as exc:
        raise BadInput(f"{file}: The file cannot be written ({exc.strerror}).") from exc
    return path


def _collector(
    session: Session, place: str, recruitment: CodedRecruitment, label: str, area: int | None
) -> Collector:
    from app.collectors.service import (
        create_collector,
        get_collector,
        list_collectors,
        split_public_id,
    )

    if place not in {wave.public_id for wave in list_collectors(session)}:
        try:
            return get_collector(session, place)
        except NotFound:
            told = f"{place} is neither a wave nor a way in. `rapport collectors` lists both."
            raise NotFound(told) from None
    key = split_public_id(place)
    return create_collector(session, *key, label=label, area_code=area, recruitment=recruitment)


def _write_new(file: Path, content: str) -> None:
    """Its owner's alone to read, and never over another; on disk before the codes are kept."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
