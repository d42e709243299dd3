"""Who holds the key of a wave: the server, or a community partner who alone can open the box.

A partner makes the key on a computer of their own. The server gets its public half, and opens no
wave before each of two copies has opened a challenge: a lost key is a lost wave.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from app import clock
from app.errors import BadInput, Conflict, NotFound
from app.initiatives import store
from app.initiatives.tables import Custody
from app.privacy.partner.drill import confirmed_copy, new_drill
from app.privacy.partner.key_file import COPIES, read_public_part
from app.privacy.partner.statements import read_statement

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.initiatives.tables import Wave

CHALLENGE: Final = "rapport.challenge/1"
RELEASE: Final = "rapport.key-release/1"
DESTROYED: Final = "rapport.key-destroyed/1"
LONGEST_HOLDER: Final = 200


def custody_of(session: Session, agency_id: str, wave_id: str) -> Custody | None:
    """None: the server holds the key."""
    return store.find_custody(session, agency_id, wave_id)


def entrust_key(
    session: Session, agency_id: str, wave_id: str, *, holder: str, public_part: str
) -> Custody:
    """From now on only this partner can open the wave. Asked again, the newest key stands."""
    _draft(session, agency_id, wave_id)
    holder = holder.strip()
    if not 0 < len(holder) <= LONGEST_HOLDER:
        raise BadInput("custody.holder", most=LONGEST_HOLDER)
    public_key, statement_key = read_public_part(public_part)
    before = store.find_custody(session, agency_id, wave_id)
    if before is not None:
        store.remove_custody(session, before)
    drill = new_drill(public_key, wave_id)
    custody = Custody(
        agency_id=agency_id,
        wave_id=wave_id,
        holder=holder,
        public_key=public_key,
        statement_key=statement_key,
        challenge=drill.challenge,
        answers={str(copy): kept for copy, kept in drill.answers.items()},
        confirmed=[],
        certificate=None,
    )
    store.add(session, custody)
    return custody


def return_key_to_server(session: Session, agency_id: str, wave_id: str) -> None:
    """While nothing is sealed yet the choice is free."""
    _draft(session, agency_id, wave_id)
    custody = store.find_custody(session, agency_id, wave_id)
    if custody is not None:
        store.remove_custody(session, custody)


def challenge_of(session: Session, agency_id: str, wave_id: str) -> dict[str, str]:
    """What each copy of the key must open before the wave may."""
    custody = _present(session, agency_id, wave_id)
    return {
        "format": CHALLENGE,
        "wave": wave_id,
        "public": custody.public_key.hex(),
        "challenge": custody.challenge.hex(),
    }


def confirm_copy(session: Session, agency_id: str, wave_id: str, answer: str) -> int:
    """The number of the copy that has just proved that it opens."""
    custody = _present(session, agency_id, wave_id)
    copy = confirmed_copy({int(c): kept for c, kept in custody.answers.items()}, answer)
    if copy is None:
        raise BadInput("custody.wrong_answer")
    custody.confirmed = sorted({*custody.confirmed, copy})
    return copy


def proved_custody(session: Session, agency_id: str, wave_id: str) -> Custody | None:
    """Refuses where a partner holds the key and it was not proved that every copy opens."""
    custody = store.find_custody(session, agency_id, wave_id)
    if custody is None or custody.confirmed == list(COPIES):
        return custody
    lacking = " and ".join(str(copy) for copy in COPIES if copy not in custody.confirmed)
    raise Conflict("custody.copy_untried", holder=custody.holder, copy=lacking)


def key_release(wave: Wave, custody: Custody) -> dict[str, Any] | None:
    """What lets the partner destroy the key: the wave is counted, and its backup was proved."""
    manifest = wave.count_manifest or {}
    if wave.state != "counted" or not manifest.get("is_backed_up"):
        return None
    return {
        "format": RELEASE,
        "wave": wave.id,
        "public": custody.public_key.hex(),
        "rows_sha256": manifest.get("rows_sha256"),
    }


def take_certificate(session: Session, agency_id: str, wave_id: str, text: str) -> None:
    """The partner states, signed by the key itself, that every copy is destroyed."""
    wave = _known(store.lock_wave(session, agency_id, wave_id))
    custody = _present(session, agency_id, wave_id)
    if key_release(wave, custody) is None:
        raise Conflict("custody.not_proved")
    statement = read_statement(text, custody.statement_key)
    said = (statement.get("format"), statement.get("public"), statement.get("copies"))
    if said != (DESTROYED, custody.public_key.hex(), list(COPIES)):
        raise BadInput("custody.no_certificate")
    custody.certificate = {**json.loads(text), "taken_on": clock.now().date().isoformat()}
    wave.key_state = "destroyed"


def _draft(session: Session, agency_id: str, wave_id: str) -> None:
    wave = _known(store.lock_wave(session, agency_id, wave_id))
    if wave.state != "draft":
        raise Conflict("custody.before_opening")


def _present(session: Session, agency_id: str, wave_id: str) -> Custody:
    custody = store.find_custody(session, agency_id, wave_id)
    if custody is None:
        raise NotFound("custody.server_holds")
    return custody


def _known(wave: Wave | None) -> Wave:
    if wave is None:
        raise NotFound("waves.none")
    return wave
