"""`rapport collectors`: the ways in to each wave, and how to add one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.collectors.service import WaveLine
    from app.db import Database


class Mode(StrEnum):
    PHONE_WEB = "phone_web"
    KIOSK = "kiosk"
    PAPER = "paper"


def collectors(
    add: Annotated[
        str | None, typer.Option(metavar="WAVE", help="Add a collector to this wave.")
    ] = None,
    mode: Annotated[
        Mode,
        typer.Option(
            help="With --add: a link or poster (phone_web), a shared tablet, or paper sheets that "
            "staff enter."
        ),
    ] = Mode.PHONE_WEB,
    label: Annotated[
        str | None, typer.Option(help="With --add: what staff call it, such as its place.")
    ] = None,
    area: Annotated[
        int | None,
        typer.Option(help="With --add: number of the one area it is for; then nobody is asked."),
    ] = None,
) -> None:
    """List the ways in to each wave that is not over, with their addresses; or add one.

    The address of paper is a page on which staff who are signed in enter answers: fieldwork, owner.
    """
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.settings import Settings

    settings = Settings()
    database = Database(settings.database_url, role="rapport_operator")
    refuse_other_schema(database)
    if add:
        _add(database, add, mode, label or mode.value, area)
    for line in _told(_read(database), settings.base_url.rstrip("/")):
        typer.echo(line)
    database.dispose()


def _add(database: Database, wave: str, mode: Mode, label: str, area: int | None) -> None:
    from app.collectors.service import create_collector, split_public_id

    with database.writing() as session:
        agency_id, wave_id = split_public_id(wave)
        create_collector(session, agency_id, wave_id, label=label, area_code=area, mode=mode.value)


def _read(database: Database) -> list[WaveLine]:
    from app.collectors.service import list_collectors

    with database.reading() as session:
        return list_collectors(session)


def _told(waves: Sequence[WaveLine], base_url: str) -> Iterator[str]:
    if not waves:
        yield "There is no wave that is not over."
    for wave in waves:
        title, label = (next(iter(texts.values())) for texts in (wave.title, wave.label))
        yield f"{title} / {label} (wave {wave.public_id}, {wave.state})"
        for one in wave.collectors:
            place = f", area {one.area_code}" if one.area_code is not None else ""
            stopped = f" (stopped on {one.stopped_on})" if one.stopped_on else ""
            address = base_url + one.path
            yield f"  {one.public_id}  {one.mode}, {one.label}{place}: {address}{stopped}"
        if not wave.collectors:
            yield "  no way in yet: add one with `rapport collectors --add WAVE`"
