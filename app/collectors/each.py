"""A link of its own for each place and language, so that fieldwork can tell who is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.collectors.service import collectors_of_wave, create_collector, open_in_language
from app.errors import BadInput, Conflict
from app.initiatives.service import get_wave, list_areas

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy.orm import Session

    from app.collectors.tables import Collector

MOST_AT_ONCE: Final = 200


def add_link_for_each(
    session: Session, agency_id: str, wave_id: str, name: Callable[[Mapping[str, str], str], str]
) -> list[Collector]:
    """For every area and language without one; `name` makes what staff call it."""
    wave = get_wave(session, agency_id, wave_id)
    there = {
        (line.area_code, line.language)
        for line in collectors_of_wave(session, agency_id, wave_id)
        if line.mode == "phone_web"
    }
    wanted = [
        (area, language)
        for area in list_areas(session, agency_id, wave.initiative_id)
        for language in wave.languages
        if (area.code, language) not in there
    ]
    if not wanted:
        raise Conflict("Each area has a link in each language already, or there is no area yet.")
    if len(wanted) > MOST_AT_ONCE:
        raise BadInput(f"That would be {len(wanted)} links; at most {MOST_AT_ONCE} at once.")
    made = []
    for area, language in wanted:
        collector = create_collector(
            session, agency_id, wave_id, label=name(area.name, language), area_code=area.code
        )
        open_in_language(session, collector, language)
        made.append(collector)
    return made
