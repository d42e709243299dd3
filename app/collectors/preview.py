"""A way in that is none, through which staff look at a questionnaire before any wave asks it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.collectors.service import FieldedCollector, InitiativeFacts, initiative_facts
from app.initiatives.service import list_areas
from app.instruments.texts import openable_languages
from app.questions.contract import AreaChoice

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Initiative
    from app.initiatives.wave import WaveKind
    from app.instruments.model import Instrument

NOBODY: Final = "0000000000"
EXAMPLE_AREAS: Final = ("Riverside", "Mill Street")


def preview_of(
    session: Session,
    agency_id: str,
    instrument: Instrument,
    initiative: Initiative | None,
    kind: WaveKind,
) -> FieldedCollector:
    """With the words of an initiative; without one, with words that are plainly made up."""
    languages = openable_languages(instrument) or tuple(instrument.languages)
    areas = list_areas(session, agency_id, initiative.id) if initiative else []
    choices = [AreaChoice(area.code, area.name) for area in areas]
    if not choices:
        named = enumerate(EXAMPLE_AREAS, 1)
        choices = [AreaChoice(code, dict.fromkeys(languages, name)) for code, name in named]
    return FieldedCollector(
        agency_id=agency_id,
        initiative_id=NOBODY,
        collector_id=NOBODY,
        public_id=agency_id + NOBODY,
        mode="phone_web",
        recruitment="open",
        area_code=None,
        wave_id=NOBODY,
        wave_state="draft",
        wave_kind=kind,
        wave_label={},
        languages=languages,
        public_key=None,
        instrument=instrument,
        instrument_hash="",
        initiative=initiative_facts(initiative) if initiative else _made_up(languages),
        areas=tuple(choices),
    )


def _made_up(languages: tuple[str, ...]) -> InitiativeFacts:
    return InitiativeFacts(
        title=dict.fromkeys(languages, "Example initiative"),
        police_name=dict.fromkeys(languages, "Example Police"),
        notice={},
        is_simulated=True,
        public_path="",
    )
