"""A link of its own for each place and language, so that fieldwork can tell who is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.collectors.service import (
    LONGEST_LABEL,
    collectors_of_wave,
    create_collector,
    open_in_language,
)
from app.errors import BadInput, Conflict
from app.initiatives.fielding import locked_wave
from app.initiatives.service import list_areas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from sqlalchemy.orm import Session

    from app.collectors.service import CollectorLine
    from app.collectors.tables import Collector
    from app.initiatives.tables import Area, Wave

MOST_AT_ONCE: Final = 200


def lacking_links(
    wave: Wave, areas: Iterable[Area], ways_in: Iterable[CollectorLine]
) -> list[tuple[Area, str]]:
    """The areas and languages that no link of the wave is for."""
    there = {
        (line.area_code, line.language)
        for line in ways_in
        if line.mode == "phone_web" and line.stopped_on is None
    }
    return [
        (area, language)
        for area in areas
        for language in wave.languages
        if (area.code, language) not in there
    ]


def add_link_for_each(
    session: Session, agency_id: str, wave_id: str, name: Callable[[Mapping[str, str], str], str]
) -> list[Collector]:
    """For every area and language without one; `name` makes what staff call it."""
    wave = locked_wave(session, agency_id, wave_id)
    areas = list_areas(session, agency_id, wave.initiative_id)
    wanted = lacking_links(wave, areas, collectors_of_wave(session, agency_id, wave_id))
    if not wanted:
        raise Conflict("collectors.all_linked")
    if len(wanted) > MOST_AT_ONCE:
        raise BadInput("collectors.many_links", wanted=len(wanted), most=MOST_AT_ONCE)
    made = []
    for area, language in wanted:
        label = name(area.name, language)[:LONGEST_LABEL]
        collector = create_collector(session, agency_id, wave_id, label=label, area_code=area.code)
        open_in_language(session, collector, language)
        made.append(collector)
    return made
