"""Opens a wave. Worker only: the wave's private key is made here and never leaves its store.

Where a community partner holds the key there is none to make: the wave gets its public half.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from app import clock
from app.errors import BadInput, Conflict
from app.initiatives import store
from app.initiatives.custody import custody_of, proved_custody
from app.initiatives.fielding import apply, life_of, locked_wave
from app.initiatives.linking import ENDED, KEPT, link_key_name
from app.initiatives.notice import LOGO_KEY
from app.initiatives.service import draft_languages, get_initiative, lock_plan, refuse_erased
from app.initiatives.tables import Linking
from app.instruments.service import thawed_version
from app.instruments.texts import missing_texts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave
    from app.initiatives.wave import WaveKind
    from app.privacy.count_keys import CountKeyStore

# A plan that says nothing is the stated default: every rule as the analysis has it.
DEFAULT_PLAN: Final[Mapping[str, Any]] = {}
SHOWN_GAPS: Final = 5
LONGEST_DECISION: Final = 500


def open_wave(
    session: Session,
    keys: CountKeyStore,
    agency_id: str,
    wave_id: str,
    *,
    accept_default_plan: bool = False,
    draft_decision: str = "",
) -> Wave:
    """Safe to repeat: the key is on disk before the wave is open, and stays the same key.

    `draft_decision` says who accepts translations that nobody has reviewed, and why.
    """
    wave = locked_wave(session, agency_id, wave_id)
    if wave.public_key is not None:
        return wave
    refuse_erased(store.waves_of(session, agency_id, wave.initiative_id))
    _refuse_missing_texts(session, wave)
    _decide_on_drafts(session, wave, draft_decision.strip())
    _have_a_plan(session, wave, accept_default_plan=accept_default_plan)
    life = life_of(wave).open(clock.now())
    if thawed_version(session, agency_id, wave.instrument_hash).code_elements(_kind(wave)):
        if custody_of(session, agency_id, wave_id) is not None:
            raise Conflict(
                "A wave whose key a partner holds cannot ask for the elements of a code: the "
                "partner's count links nobody. Ask another questionnaire, or let the server hold "
                "the key."
            )
        _begin_linking(session, keys, wave)
    custody = proved_custody(session, agency_id, wave_id)
    if custody is None:
        wave.public_key, wave.key_state = keys.make_keys(wave_id), "kept"
    else:
        wave.public_key, wave.key_state = custody.public_key, "partner"
    apply(wave, life)
    return wave


def _begin_linking(session: Session, keys: CountKeyStore, wave: Wave) -> Linking:
    """For a wave that asks for the elements of a code. Safe to repeat."""
    found = store.find_linking(session, wave.agency_id, wave.initiative_id)
    if found is None:
        found = Linking(
            agency_id=wave.agency_id,
            initiative_id=wave.initiative_id,
            public_key=keys.make_keys(link_key_name(wave.initiative_id)),
            state=KEPT,
        )
        store.add(session, found)
    if found.state == ENDED:
        raise Conflict(
            "The last wave of this initiative was counted and the keys of its codes are destroyed: "
            "nobody can be linked any more. Ask a questionnaire without code elements, or plan all "
            "waves of an initiative before its last one is counted."
        )
    return found


def _kind(wave: Wave) -> WaveKind:
    return "follow_up" if wave.kind == "follow_up" else "baseline"


def _have_a_plan(session: Session, wave: Wave, *, accept_default_plan: bool) -> None:
    if wave.kind != "follow_up" or store.newest_plan(session, wave.agency_id, wave.initiative_id):
        return
    if not accept_default_plan:
        raise Conflict(
            "The follow-up cannot be opened before its plan is locked: what will be tested must "
            "stand before the answers come. Lock a plan, or accept the default plan."
        )
    lock_plan(session, wave.agency_id, wave.initiative_id, DEFAULT_PLAN)


def _decide_on_drafts(session: Session, wave: Wave, decision: str) -> None:
    """A translation that nobody has reviewed may be wrong in what it asks."""
    drafts = draft_languages(session, wave)
    if not drafts:
        return
    if not decision:
        raise Conflict(
            f"The wave asks in {', '.join(drafts)}, and nobody has reviewed these translations: "
            "they are drafts. Let someone who speaks the language read them and name the reviewer "
            "in the survey file, leave the language out, or state who accepts the drafts and why."
        )
    if len(decision) > LONGEST_DECISION:
        raise BadInput(f"State the decision on drafts in at most {LONGEST_DECISION} characters.")
    wave.accepted_drafts = {"languages": drafts, "decision": decision}


def _refuse_missing_texts(session: Session, wave: Wave) -> None:
    """No resident meets a page with holes."""
    instrument = thawed_version(session, wave.agency_id, wave.instrument_hash)
    lacking = list(missing_texts(instrument))
    for language in wave.languages:
        gaps = [gap.where for gap in lacking if gap.language == language]
        gaps += _own_gaps(session, wave, language)
        if gaps:
            shown = ", ".join(gaps[:SHOWN_GAPS])
            more = f" and {len(gaps) - SHOWN_GAPS} more" if len(gaps) > SHOWN_GAPS else ""
            raise Conflict(
                f"The wave cannot be opened in {language!r}, because these texts are missing in "
                f"it: {shown}{more}. Write them, or leave the language out of the wave."
            )


def _own_gaps(session: Session, wave: Wave, language: str) -> Iterator[str]:
    """What the initiative adds to the instrument's words."""
    initiative = get_initiative(session, wave.agency_id, wave.initiative_id)
    texts = {
        "title of the initiative": initiative.title,
        "name of the police": initiative.police_name,
    }
    for name, text in initiative.notice.items():
        if isinstance(text, dict) and name != LOGO_KEY:
            texts[f"{name} of the notice"] = text
    for area in store.areas_of(session, wave.agency_id, wave.initiative_id):
        texts[f"name of area {area.code}"] = area.name
    return (name for name, text in texts.items() if language not in text)
