"""The review of what people wrote: one text at a time, in random order; two agree on a quote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app import clock
from app.accounts.audit import note_act
from app.errors import BadInput, Conflict, NotFound
from app.initiatives.service import get_wave
from app.initiatives.wave import HOLDS_RESPONSES
from app.jobs.service import enqueue
from app.privacy.hints import Suggestion, suggest
from app.privacy.identifiers import new_id, new_response_id
from app.privacy.masking import mask_identifiers
from app.responses.scrub import scrub
from app.responses.texts import store
from app.responses.texts.tables import Quote, TextReview

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.db import Database
    from app.initiatives.tables import Wave

# As few as this are told nowhere (rule R1): one of nine texts is soon somebody's.
FEWEST_WRITERS: Final = 10
LONGEST_QUOTE: Final = 1000
SCRUB_JOB: Final = "scrub_quotes"
_BREAK: Final = re.compile(r"\[[^\[\]]{1,20}\]|\[?(?:…|\.\.\.)\]?")
WaveKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class UnreadText:
    """One that nobody has read, with what the rules point at."""

    id: str
    question: str
    text: str
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class TextsOfWave:
    """How far the review of a wave is."""

    wave: Wave
    unread: int
    quotes: Sequence[Quote]


def texts_by_wave(session: Session, agency_id: str) -> list[TextsOfWave]:
    return [
        texts_of(session, agency_id, wave.id) for wave in store.waves_with_texts(session, agency_id)
    ]


def texts_of(session: Session, agency_id: str, wave_id: str) -> TextsOfWave:
    wave = get_wave(session, agency_id, wave_id)
    unread = store.unread_texts(session, (agency_id, wave_id))
    return TextsOfWave(wave, unread, store.quotes_of(session, agency_id, [wave_id]))


def next_unread(session: Session, agency_id: str, wave_id: str) -> UnreadText | None:
    """From a random place: two reviewers seldom read the same, and nobody reads in order."""
    found = store.next_text(session, (agency_id, wave_id), new_response_id())
    if found is None:
        return None
    text_id, question, text = found
    return UnreadText(bytes(text_id).hex(), question, text, suggest(text))


def propose_quote(session: Session, wave: WaveKey, by: str, text_id: str, words: str) -> Quote:
    """Shortened and masked, never reworded; of a question that enough people wrote to."""
    question, text = _text(session, wave, text_id)
    quoted = " ".join(words.split())
    _refuse_other_words(quoted, text)
    if store.writers_of(session, wave, question) < FEWEST_WRITERS:
        raise Conflict("texts.few_writers", fewest=FEWEST_WRITERS)
    _mark_read(session, wave, by, text_id)
    quote = Quote(
        agency_id=wave[0],
        id=new_id(),
        wave_id=wave[1],
        question=question,
        words=quoted,
        state="proposed",
        text_id=bytes.fromhex(text_id),
        proposed_by=by,
        proposed_on=clock.now().date(),
    )
    store.add(session, quote)
    note_act(session, wave[0], by, "propose quote", quote.id, {"wave": wave[1]})
    return quote


def leave_text(session: Session, wave: WaveKey, by: str, text_id: str) -> None:
    """Read, and not quoted."""
    _text(session, wave, text_id)
    _mark_read(session, wave, by, text_id)


def approve_quote(session: Session, agency_id: str, by: str, quote_id: str) -> Quote:
    """The second person's word, after which it may be read with the result."""
    quote = _quote(session, agency_id, quote_id, "proposed")
    if quote.proposed_by == by:
        raise Conflict("texts.own_quote")
    quote.state, quote.approved_by, quote.approved_on = "approved", by, clock.now().date()
    note_act(session, agency_id, by, "approve quote", quote_id, {"wave": quote.wave_id})
    return quote


def take_back_quote(session: Session, agency_id: str, by: str, quote_id: str) -> Quote:
    """Proposed or approved: its words are deleted, and its text is read again if it is there."""
    quote = _quote(session, agency_id, quote_id, "proposed", "approved")
    if quote.text_id is not None:
        review = store.find_review(session, (agency_id, quote.wave_id), quote.text_id)
        if review is not None:
            store.remove(session, review)
    else:  # nothing else holds the words any more, but the files of the database
        enqueue(session, agency_id, SCRUB_JOB, quote.wave_id, {}, clock.now())
    store.remove(session, quote)
    note_act(session, agency_id, by, "take back quote", quote_id, {"wave": quote.wave_id})
    return quote


def scrub_quotes(database: Database) -> None:
    """The worker's part of taking one back. Safe to repeat."""
    scrub(database, plain=(), full=store.TABLES)


def wave_of_quote(session: Session, agency_id: str, quote_id: str) -> str:
    return _quote(session, agency_id, quote_id, "proposed", "approved").wave_id


def approved_quotes(session: Session, agency_id: str, wave_ids: Sequence[str]) -> list[Quote]:
    """What two people have agreed on, in random order."""
    found = store.quotes_of(session, agency_id, wave_ids)
    return [quote for quote in found if quote.state == "approved"]


def _quote(session: Session, agency_id: str, quote_id: str, *states: str) -> Quote:
    quote = store.lock_quote(session, agency_id, quote_id)
    if quote is None:
        raise NotFound("texts.no_quote")
    if quote.state not in states:
        raise Conflict("texts.quote_approved")
    return quote


def _text(session: Session, wave: WaveKey, text_id: str) -> tuple[str, str]:
    if get_wave(session, *wave).state not in HOLDS_RESPONSES:
        raise Conflict("texts.not_counted")
    try:
        found = store.lock_text(session, wave, bytes.fromhex(text_id))
    except ValueError:
        found = None
    if found is None:
        raise NotFound("texts.no_text")
    return found[0], found[1]


def _mark_read(session: Session, wave: WaveKey, by: str, text_id: str) -> None:
    name = bytes.fromhex(text_id)
    if store.find_review(session, wave, name) is not None:
        raise Conflict("texts.read_meanwhile")
    review = TextReview(agency_id=wave[0], wave_id=wave[1], text_id=name, reviewed_by=by)
    store.add(session, review)


def _refuse_other_words(quoted: str, text: str) -> None:
    if not any(character.isalpha() for character in _BREAK.sub("", quoted)):
        raise BadInput("texts.nothing_left")
    if len(quoted) > LONGEST_QUOTE:
        raise BadInput("texts.quote_long", most=LONGEST_QUOTE)
    if mask_identifiers(quoted) != quoted:
        raise BadInput("texts.quote_tells", masked=mask_identifiers(quoted)[:200])
    place, whole = 0, " ".join(text.split())
    for piece in filter(None, (part.strip() for part in _BREAK.split(quoted))):
        found = whole.find(piece, place)
        if found < 0:
            raise BadInput("texts.reworded", words=piece[:80])
        place = found + len(piece)
