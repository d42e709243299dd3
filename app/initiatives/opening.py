"""Opens a wave. Worker only: the wave's private key is made here and never leaves its store.

Where a community partner holds the key there is none to make: the wave gets its public half.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from app import clock
from app.errors import Conflict
from app.initiatives import store
from app.initiatives.custody import custody_of, proved_custody
from app.initiatives.fielding import apply, life_of, locked_wave
from app.initiatives.linking import ENDED, KEPT, link_key_name
from app.initiatives.planning.readiness import lacks_plan, refuse_unready
from app.initiatives.service import draft_languages, get_wave, lock_initiative, lock_plan
from app.initiatives.tables import Linking
from app.instruments.service import thawed_version

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave
    from app.initiatives.wave import WaveKind
    from app.privacy.count_keys import CountKeyStore

# A plan that says nothing is the stated default: every rule as the analysis has it.
DEFAULT_PLAN: Final[Mapping[str, Any]] = {}


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

    `draft_decision` says who accepts translations that nobody has reviewed, and why. The initiative
    is locked first, as where it is deleted: nobody adds an area to what opens.
    """
    lock_initiative(session, agency_id, get_wave(session, agency_id, wave_id).initiative_id)
    wave = locked_wave(session, agency_id, wave_id)
    if wave.public_key is not None:
        return wave
    refuse_unready(
        session, wave, accept_default_plan=accept_default_plan, draft_decision=draft_decision
    )
    drafts = draft_languages(session, wave)
    if drafts:
        wave.accepted_drafts = {"languages": drafts, "decision": draft_decision.strip()}
    if lacks_plan(session, wave):
        lock_plan(session, agency_id, wave.initiative_id, DEFAULT_PLAN)
    life = life_of(wave).open(clock.now())
    if thawed_version(session, agency_id, wave.instrument_hash).code_elements(_kind(wave)):
        if custody_of(session, agency_id, wave_id) is not None:
            raise Conflict("waves.partner_codes")
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
        raise Conflict("waves.links_over")
    return found


def _kind(wave: Wave) -> WaveKind:
    return "follow_up" if wave.kind == "follow_up" else "baseline"
