"""What a wave still lacks before it can open, told while it can be mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.errors import BadInput, Conflict, Phrase
from app.initiatives import store
from app.initiatives.notice import LOGO_KEY
from app.initiatives.service import draft_languages, get_initiative, refuse_erased
from app.instruments.service import thawed_version
from app.instruments.texts import missing_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave

SHOWN_GAPS: Final = 5
NOTICE_PARTS: Final = (
    "run_by",
    "paid_by",
    "contact",
    "complaint",
    "retention",
    "result_where",
)
LONGEST_DECISION: Final = 500


def refuse_unready(
    session: Session, wave: Wave, *, accept_default_plan: bool, draft_decision: str
) -> None:
    """`draft_decision` says who accepts translations that nobody has reviewed, and why."""
    refuse_erased(store.waves_of(session, wave.agency_id, wave.initiative_id))
    for language, gaps in gaps_of(session, wave).items():
        raise Conflict(
            "waves.gaps" if len(gaps) <= SHOWN_GAPS else "waves.many_gaps",
            language=language,
            gaps=gaps[:SHOWN_GAPS],
            more=len(gaps) - SHOWN_GAPS,
        )
    _refuse_undecided_drafts(draft_languages(session, wave), draft_decision.strip())
    if lacks_plan(session, wave) and not accept_default_plan:
        raise Conflict("waves.no_plan")


def lacks_plan(session: Session, wave: Wave) -> bool:
    is_follow_up = wave.kind == "follow_up"
    return is_follow_up and not store.newest_plan(session, wave.agency_id, wave.initiative_id)


def gaps_of(session: Session, wave: Wave) -> dict[str, list[str | Phrase]]:
    """Texts that are missing, by language: no resident meets a page with holes."""
    lacking = list(missing_texts(thawed_version(session, wave.agency_id, wave.instrument_hash)))
    found: dict[str, list[str | Phrase]] = {
        language: [
            *(gap.where for gap in lacking if gap.language == language),
            *_own_gaps(session, wave, language),
        ]
        for language in wave.languages
    }
    return {language: gaps for language, gaps in found.items() if gaps}


def _own_gaps(session: Session, wave: Wave, language: str) -> Iterator[Phrase]:
    """What the initiative adds to the instrument's words."""
    initiative = get_initiative(session, wave.agency_id, wave.initiative_id)
    if language not in initiative.title:
        yield Phrase("initiatives.the_title")
    if language not in initiative.police_name:
        yield Phrase("initiatives.the_police_name")
    for name, text in initiative.notice.items():
        if isinstance(text, dict) and name != LOGO_KEY and language not in text:
            yield _part_of_notice(name)
    for area in store.areas_of(session, wave.agency_id, wave.initiative_id):
        if language not in area.name:
            yield Phrase(
                "initiatives.gap_area", code=area.code, area=next(iter(area.name.values()), "")
            )


def _part_of_notice(name: str) -> Phrase:
    if name in NOTICE_PARTS:
        return Phrase(f"initiatives.part_{name}")
    return Phrase("initiatives.gap_notice", part=name)


def _refuse_undecided_drafts(drafts: list[str], decision: str) -> None:
    """A translation that nobody has reviewed may be wrong in what it asks."""
    if drafts and not decision:
        raise Conflict("waves.drafts_undecided", languages=drafts)
    if len(decision) > LONGEST_DECISION:
        raise BadInput("waves.decision_long", most=LONGEST_DECISION)
