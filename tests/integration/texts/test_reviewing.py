"""One text at a time, in random order; a quote leaves when two have agreed on it."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select

from app.accounts.audit import recent_acts
from app.accounts.tables import AuditEntry
from app.db import Database
from app.errors import BadInput, Conflict, NotFound
from app.privacy.count_keys import CountKeyStore
from app.responses.service import remove_words
from app.responses.tables import free_text
from app.responses.texts import store
from app.responses.texts.service import (
    FEWEST_WRITERS,
    approve_quote,
    approved_quotes,
    leave_text,
    next_unread,
    propose_quote,
    take_back_quote,
    texts_by_wave,
    texts_of,
)
from app.responses.texts.tables import TextReview
from app.retention.erasing import erase_initiative
from app.retention.texts import delete_texts
from app.settings import WorkerSettings
from app.worker import run_until_empty
from tests.integration.retention.files import PEOPLE, Answered, agreed, answered, found

ANA, BO = "ana0000000", "bo00000000"
Key = tuple[str, str]


def key_of(wave: Answered) -> Key:
    return wave.agency_id, wave.wave_id


def proposed(database: Database, wave: Answered) -> tuple[str, str]:
    """The quote's id and its words."""
    with database.writing() as session:
        text = next_unread(session, *key_of(wave))
        assert text is not None
        words = text.text.replace("I say", "…")
        return propose_quote(session, key_of(wave), ANA, text.id, words).id, words


def test_every_text_is_read_once_and_in_no_fixed_order(database: Database, wave: Answered) -> None:
    orders = []
    for _ in range(2):
        read: list[str] = []
        with database.writing() as session:
            while (text := next_unread(session, *key_of(wave))) is not None:
                leave_text(session, key_of(wave), ANA, text.id)
                read.append(text.id)
            assert texts_of(session, *key_of(wave)).unread == 0
            store.remove_reviews(session, wave.agency_id, [wave.wave_id])
        assert len(set(read)) == PEOPLE
        orders.append(read)
    assert orders[0] != orders[1]
    assert sorted(orders[0]) != orders[0]


def test_what_a_neighbour_s_residents_wrote_is_neither_shown_nor_quoted(
    database: Database, count_keys: CountKeyStore, wave: Answered
) -> None:
    """Not even to who knows how wave and text are named, and mixes them with their own."""
    other = answered(database, count_keys, None)
    assert other.agency_id != wave.agency_id
    with database.writing() as session:
        assert [each.wave.id for each in texts_by_wave(session, wave.agency_id)] == [wave.wave_id]
        assert texts_of(session, *key_of(wave)).unread == PEOPLE
        read = set()
        while (text := next_unread(session, *key_of(wave))) is not None:
            leave_text(session, key_of(wave), ANA, text.id)
            read.add(bytes.fromhex(text.id))
        own = select(free_text.c.id).where(free_text.c.wave_id == wave.wave_id)
        assert read == set(session.scalars(own))
        theirs = next_unread(session, *key_of(other))
        assert theirs is not None
        mixed = wave.agency_id, other.wave_id
        assert next_unread(session, *mixed) is None
        for key in (key_of(wave), mixed):
            with pytest.raises(NotFound):
                propose_quote(session, key, ANA, theirs.id, theirs.text)
        assert texts_of(session, *key_of(other)).unread == PEOPLE


def test_nobody_approves_their_own_quote_and_the_log_holds_no_words(
    database: Database, wave: Answered
) -> None:
    quote_id, words = proposed(database, wave)
    with database.writing() as session:
        assert approved_quotes(session, wave.agency_id, [wave.wave_id]) == []
        with pytest.raises(Conflict, match="yourself"):
            approve_quote(session, wave.agency_id, ANA, quote_id)
        approve_quote(session, wave.agency_id, BO, quote_id)
        (quote,) = approved_quotes(session, wave.agency_id, [wave.wave_id])
        assert (quote.words, quote.approved_by) == (words, BO)
        with pytest.raises(Conflict, match="approved already"):
            approve_quote(session, wave.agency_id, BO, quote_id)
        acts = [act.act for act in recent_acts(session, wave.agency_id)]
        facts = str(session.scalars(select(AuditEntry.facts)).all())
    assert acts[:2] == ["approve quote", "propose quote"]
    assert words.removeprefix("… ") not in facts


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        ("They are all kind", "never reworded"),
        ("say I {word}", "never reworded"),
        ("[name] …", "Nothing is left"),
        ("", "Nothing is left"),
        ("I say {word} 555-234-5678", "still holds"),
        ("I say {word} " + "x" * 1000, "at most 1000"),
    ],
)
def test_a_quote_is_shortened_and_masked_and_never_reworded(
    database: Database, wave: Answered, words: str, refused: str
) -> None:
    with database.writing() as session:
        text = next_unread(session, *key_of(wave))
        assert text is not None
        wanted = words.format(word=text.text.removeprefix("I say "))
        with pytest.raises(BadInput, match=refused):
            propose_quote(session, key_of(wave), ANA, text.id, wanted)
        assert texts_of(session, *key_of(wave)).unread == PEOPLE
        propose_quote(session, key_of(wave), ANA, text.id, "I … [name]")


def test_of_a_question_that_few_wrote_to_nothing_is_quoted(
    database: Database, wave: Answered
) -> None:
    with database.writing() as session:
        ids = session.scalars(select(free_text.c.id).order_by(free_text.c.id)).all()
        few = ids[FEWEST_WRITERS - 1 :]
        session.execute(delete(free_text).where(free_text.c.id.in_(few)))
        text = next_unread(session, *key_of(wave))
        assert text is not None
        with pytest.raises(Conflict, match="Fewer than 10 people"):
            propose_quote(session, key_of(wave), ANA, text.id, text.text)


def test_what_is_taken_back_is_gone_and_its_text_is_read_again(
    database: Database, wave: Answered
) -> None:
    quote_id, _ = proposed(database, wave)
    with database.writing() as session:
        approve_quote(session, wave.agency_id, BO, quote_id)
        assert texts_of(session, *key_of(wave)).unread == PEOPLE - 1
        take_back_quote(session, wave.agency_id, BO, quote_id)
        assert texts_of(session, *key_of(wave)).unread == PEOPLE
        assert approved_quotes(session, wave.agency_id, [wave.wave_id]) == []
        with pytest.raises(NotFound):
            take_back_quote(session, wave.agency_id, BO, quote_id)


def test_with_the_texts_goes_what_was_not_agreed_on_and_every_way_back(
    database: Database, wave: Answered
) -> None:
    kept, words = proposed(database, wave)
    proposed(database, wave)
    with database.writing() as session:
        approve_quote(session, wave.agency_id, BO, kept)
    with database.writing() as session:
        remove_words(session, *key_of(wave))
    with database.writing() as session:
        (quote,) = store.quotes_of(session, wave.agency_id, [wave.wave_id])
        assert (quote.id, quote.words, quote.text_id) == (kept, words, None)
        assert session.scalar(select(func.count()).select_from(TextReview)) == 0
        take_back_quote(session, wave.agency_id, BO, kept)


def test_of_a_quote_that_is_taken_back_no_file_keeps_the_words(
    database: Database, wave: Answered, worker_settings: WorkerSettings
) -> None:
    """Its text was deleted before, so that they stood nowhere else."""
    kept, words = proposed(database, wave)
    canary = (words.removeprefix("… ").encode(),)
    with database.writing() as session:
        approve_quote(session, wave.agency_id, BO, kept)
    delete_texts(database, key_of(wave))
    assert found(database, wave.canaries[:PEOPLE]) == set(canary)
    with database.writing() as session:
        take_back_quote(session, wave.agency_id, BO, kept)
    run_until_empty(database, worker_settings)
    assert found(database, canary) == set()


def test_erasing_leaves_nothing_of_a_quote_that_was_not_agreed_on(
    database: Database, wave: Answered, count_keys: CountKeyStore
) -> None:
    for _ in range(3):
        proposed(database, wave)
    agreed(database, wave.key)
    erase_initiative(database, count_keys, wave.key, None, lambda _line: None)
    assert found(database, wave.canaries) == set()


def test_a_text_that_is_not_there_or_was_read_is_refused(
    database: Database, wave: Answered
) -> None:
    with database.writing() as session:
        text = next_unread(session, *key_of(wave))
        assert text is not None
        for text_id in (text.id[:-2] + "00", "not hex"):
            with pytest.raises(NotFound):
                leave_text(session, key_of(wave), ANA, text_id)
        leave_text(session, key_of(wave), ANA, text.id)
        with pytest.raises(Conflict, match="just read"):
            leave_text(session, key_of(wave), BO, text.id)
