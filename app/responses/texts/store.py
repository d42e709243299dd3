"""Every question that the review of texts asks of the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import ColumnElement, delete, func, select, update

from app.initiatives.tables import Wave
from app.responses.tables import free_text
from app.responses.texts.tables import Quote, TextReview

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.orm import Session

WaveKey = tuple[str, str]
TABLES: Final = (TextReview.__tablename__, Quote.__tablename__)


def waves_with_texts(session: Session, agency_id: str) -> Sequence[Wave]:
    """Those that hold texts or quotes, the newest first."""
    holds = select(free_text.c.wave_id).where(free_text.c.agency_id == agency_id)
    quoted = select(Quote.wave_id).where(Quote.agency_id == agency_id)
    return session.scalars(
        select(Wave)
        .where(Wave.agency_id == agency_id, Wave.id.in_(holds) | Wave.id.in_(quoted))
        .order_by(Wave.counted_at.desc(), Wave.id)
    ).all()


def next_text(session: Session, wave: WaveKey, pivot: bytes) -> Row[bytes, str, str] | None:
    """One that nobody has read, from a random place on."""
    unread = (
        select(free_text.c.id, free_text.c.question, free_text.c.text)
        .where(*_unread(wave))
        .order_by((free_text.c.id < pivot), free_text.c.id)
        .limit(1)
    )
    return session.execute(unread).one_or_none()


def unread_texts(session: Session, wave: WaveKey) -> int:
    question = select(func.count()).select_from(free_text).where(*_unread(wave))
    return session.execute(question).scalar_one()


def lock_text(session: Session, wave: WaveKey, text_id: bytes) -> Row[str, str] | None:
    """Whoever deletes it meanwhile waits, and then deletes what was made of it as well."""
    return session.execute(
        select(free_text.c.question, free_text.c.text)
        .where(*_of(wave), free_text.c.id == text_id)
        .with_for_update()
    ).one_or_none()


def writers_of(session: Session, wave: WaveKey, question: str) -> int:
    """How many people wrote something in answer to it."""
    asked = select(func.count()).where(*_of(wave), free_text.c.question == question)
    return session.execute(asked).scalar_one()


def find_review(session: Session, wave: WaveKey, text_id: bytes) -> TextReview | None:
    return session.get(TextReview, (*wave, text_id))


def add(session: Session, thing: TextReview | Quote) -> None:
    session.add(thing)
    session.flush()


def remove(session: Session, thing: TextReview | Quote) -> None:
    session.delete(thing)
    session.flush()


def lock_quote(session: Session, agency_id: str, quote_id: str) -> Quote | None:
    return session.get(Quote, (agency_id, quote_id), with_for_update=True, populate_existing=True)


def quotes_of(session: Session, agency_id: str, wave_ids: Sequence[str]) -> Sequence[Quote]:
    """In the order of their ids, which is a random one."""
    return session.scalars(
        select(Quote)
        .where(Quote.agency_id == agency_id, Quote.wave_id.in_(wave_ids))
        .order_by(Quote.id)
    ).all()


def remove_reviews(session: Session, agency_id: str, wave_ids: Sequence[str]) -> None:
    """With the texts go what was not agreed on, and the way from a quote back to its text."""
    of_review = TextReview.agency_id == agency_id, TextReview.wave_id.in_(wave_ids)
    of_quote = Quote.agency_id == agency_id, Quote.wave_id.in_(wave_ids)
    session.execute(delete(TextReview).where(*of_review))
    session.execute(delete(Quote).where(*of_quote, Quote.state == "proposed"))
    session.execute(update(Quote).where(*of_quote).values(text_id=None))


def _unread(wave: WaveKey) -> tuple[ColumnElement[bool], ...]:
    read = select(TextReview.text_id).where(
        TextReview.agency_id == wave[0], TextReview.wave_id == wave[1]
    )
    return *_of(wave), free_text.c.id.not_in(read)


def _of(wave: WaveKey) -> tuple[ColumnElement[bool], ...]:
    return free_text.c.agency_id == wave[0], free_text.c.wave_id == wave[1]
