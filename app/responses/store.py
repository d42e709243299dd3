"""Every question the responses room asks of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    bindparam,
    cast,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from app.collectors.tables import ledger
from app.initiatives.tables import Wave
from app.initiatives.wave import HOLDS_RESPONSES, TAKES_SHEETS
from app.responses.rows import OpenedRow, WrittenWords
from app.responses.tables import fieldwork_tally, free_text, intake, response

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

ROWS_A_TIME: Final = 1000

WaveKey = tuple[str, str]
_Row = TypeVar("_Row")
SheetKey = tuple[str, str, bytes]
CodeKey = tuple[str, str, bytes]

# The respondent's hot path speaks to the driver: text that never changes is prepared once. %b sends
# bytes as they are; spelled as text, they took half of a batch's CPU.
_STATE: Final = "SELECT state FROM wave WHERE agency_id = {0} AND id = {0}"
_SQLITE_STATE: Final = _STATE.format("?")
_POSTGRES_STATE: Final = _STATE.format("%s") + " FOR SHARE"  # no wave closes under a batch
# A batch that breaks is rolled back whole by its writer in any case. Left to undo this statement
# alone, SQLite kept the pages as they were in a temporary file: a quarter of a batch's CPU.
_SQLITE_ADD: Final = "INSERT OR ROLLBACK INTO intake (agency_id, wave_id, id, ct) VALUES "
_POSTGRES_ADD: Final = """
INSERT INTO intake (agency_id, wave_id, id, ct)
SELECT * FROM unnest(%s::text[], %s::text[], %b::bytea[], %b::bytea[])
"""
_SQLITE_ADD_RESPONSES: Final = """
INSERT INTO response (agency_id, wave_id, id, mode, recruitment, area, language, quality, answers)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_POSTGRES_ADD_RESPONSES: Final = """
INSERT INTO response (agency_id, wave_id, id, mode, recruitment, area, language, quality, answers)
SELECT %s, %s, * FROM unnest(
    %b::bytea[], %s::text[], %s::text[], %s::int[], %s::text[], %s::int[], %s::json[]
)
"""
_STORED: Final = 4  # of a SealedSheet, the first that are columns
_UNLESS_PRESENT: Final = " ON CONFLICT DO NOTHING RETURNING agency_id, wave_id, id"


class CodedSheet(NamedTuple):
    """What the code of a sheet is known by, and the sheet sealed for what the code turns out to be.

    The seal hides the flags of a sheet from the one who stores it, so they are set before.
    """

    tag: bytes
    ct_over_cap: bytes
    ct_test: bytes


class SealedSheet(NamedTuple):
    agency_id: str
    wave_id: str
    intake_id: bytes
    ct: bytes
    coded: CodedSheet | None = None

    @property
    def key(self) -> SheetKey:
        return self.agency_id, self.wave_id, self.intake_id


class KnownCode(NamedTuple):
    kind: str
    most: int
    used: int


def waves_that_take_sheets(
    connection: Connection, waves: Collection[WaveKey], *, is_sqlite: bool
) -> set[WaveKey]:
    """Those that take sheets now, and until this transaction ends."""
    question = _SQLITE_STATE if is_sqlite else _POSTGRES_STATE
    states = {
        wave: connection.exec_driver_sql(question, wave).scalar_one_or_none()
        for wave in sorted(waves)  # in one order everywhere, so that no two wait for each other
    }
    return {wave for wave, state in states.items() if state in TAKES_SHEETS}


def add_sheets(
    connection: Connection, sheets: Sequence[SealedSheet], *, is_sqlite: bool
) -> set[SheetKey]:
    """The keys that were not there before."""
    if not sheets:
        return set()
    if is_sqlite:
        places = ",".join(["(?,?,?,?)"] * len(sheets))
        values = tuple(chain.from_iterable(sheet[:_STORED] for sheet in sheets))
        rows = connection.exec_driver_sql(_SQLITE_ADD + places + _UNLESS_PRESENT, values)
    else:
        rows_in_order = sorted(sheet[:_STORED] for sheet in sheets)
        columns = tuple(list(column) for column in zip(*rows_in_order, strict=True))
        rows = connection.exec_driver_sql(_POSTGRES_ADD + _UNLESS_PRESENT, columns)
    return {(agency_id, wave_id, bytes(key)) for agency_id, wave_id, key in rows.all()}


def lock_codes(connection: Connection, keys: Collection[CodeKey]) -> dict[CodeKey, KnownCode]:
    """Those there are; nobody else uses them until this transaction ends."""
    found: dict[CodeKey, KnownCode] = {}
    for wave, tags in _by_wave(keys):
        question = (
            select(ledger)
            .where(*_of(ledger, *wave), ledger.c.tag.in_(tags))
            .order_by(ledger.c.tag)
            .with_for_update()
        )
        for row in connection.execute(question):
            found[*wave, bytes(row.tag)] = KnownCode(row.kind, row.most, row.used)
    return found


def arrived_before(connection: Connection, keys: Collection[SheetKey]) -> set[SheetKey]:
    found: set[SheetKey] = set()
    for wave, ids in _by_wave(keys):
        question = select(intake.c.id).where(*_of(intake, *wave), intake.c.id.in_(ids))
        found |= {(*wave, bytes(key)) for key in connection.scalars(question)}
    return found


def _by_wave(keys: Collection[tuple[str, str, bytes]]) -> Iterator[tuple[WaveKey, list[bytes]]]:
    """In one order everywhere. Asked for keys of several waves, SQLite reads the whole table."""
    for wave, own in groupby(sorted(keys), key=itemgetter(0, 1)):
        yield wave, [key for _, _, key in own]


def note_uses(connection: Connection, uses: Mapping[CodeKey, int]) -> None:
    if not uses:  # most batches: the statement itself takes as long as three sheets
        return
    change = (
        update(ledger)
        .where(
            ledger.c.agency_id == bindparam("of_agency"),
            ledger.c.wave_id == bindparam("of_wave"),
            ledger.c.tag == bindparam("of_tag"),
        )
        .values(used=ledger.c.used + bindparam("more"))
    )
    rows = [
        {"of_agency": agency_id, "of_wave": wave_id, "of_tag": tag, "more": more}
        for (agency_id, wave_id, tag), more in sorted(uses.items())
    ]
    connection.execute(change, rows)


# The count: from sealed sheets to responses.


def codes_in(session: Session, agency_id: str, wave_id: str) -> dict[str, int]:
    """How many codes of the wave there are, and how many of them were used; tests left out."""
    made, used = session.execute(
        select(func.count(), func.count().filter(ledger.c.used > 0)).where(
            *_of(ledger, agency_id, wave_id), ledger.c.kind != "test"
        )
    ).one()
    return {"made": made, "used": used} if made else {}


def add_to_tally(session: Session, wave: WaveKey, name: str, counted: Mapping[str, int]) -> None:
    """Nothing for a wave that takes no sheets any more: its lists are gone with the count."""
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if not waves_that_take_sheets(connection, [wave], is_sqlite=is_sqlite):
        return
    insert_into = sqlite.insert if is_sqlite else postgresql.insert
    agency_id, wave_id = wave
    of_list = {"agency_id": agency_id, "wave_id": wave_id, "list": name}
    rows = [of_list | {"entry": entry, "n": n} for entry, n in sorted(counted.items())]
    added = insert_into(fieldwork_tally).values(rows)
    session.execute(
        added.on_conflict_do_update(
            index_elements=["agency_id", "wave_id", "list", "entry"],
            set_={"n": fieldwork_tally.c.n + added.excluded.n},
        )
    )


def tally_of(session: Session, wave: WaveKey, name: str) -> dict[str, int]:
    question = select(fieldwork_tally.c.entry, fieldwork_tally.c.n).where(
        *_of(fieldwork_tally, *wave), fieldwork_tally.c.list == name
    )
    return {row.entry: row.n for row in session.execute(question)}


def remove_tally(session: Session, agency_id: str, wave_id: str) -> None:
    session.execute(delete(fieldwork_tally).where(*_of(fieldwork_tally, agency_id, wave_id)))


def remove_codes(session: Session, agency_id: str, wave_id: str) -> None:
    session.execute(delete(ledger).where(*_of(ledger, agency_id, wave_id)))


def sealed_sheets(session: Session, agency_id: str, wave_id: str) -> Iterator[bytes]:
    """By their ids, which are hashes: not in the order of arrival. A few at a time."""
    last = b""
    while rows := sealed_sheets_after(session, agency_id, wave_id, last):
        yield from (ct for _, ct in rows)
        last = rows[-1][0]


def sealed_sheets_after(
    session: Session, agency_id: str, wave_id: str, last: bytes
) -> list[tuple[bytes, bytes]]:
    """The next ones behind this id, each with its own."""
    question = (
        select(intake.c.id, intake.c.ct)
        .where(*_of(intake, agency_id, wave_id), intake.c.id > last)
        .order_by(intake.c.id)
        .limit(ROWS_A_TIME)
    )
    return [(bytes(sheet_id), bytes(ct)) for sheet_id, ct in session.execute(question).all()]


def intake_ids(session: Session, agency_id: str, wave_id: str) -> list[bytes]:
    question = select(intake.c.id).where(*_of(intake, agency_id, wave_id)).order_by(intake.c.id)
    return [bytes(sheet_id) for sheet_id in session.scalars(question)]


def intake_in(session: Session, agency_id: str, wave_id: str) -> int:
    return _count(session, intake, agency_id, wave_id)


def responses_in(session: Session, agency_id: str, wave_id: str) -> int:
    return _count(session, response, agency_id, wave_id)


def take_time(session: Session) -> None:
    """A count may run longer than a page: PostgreSQL's limit is lifted for this transaction."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL statement_timeout = 0"))


def add_responses(
    session: Session, agency_id: str, wave_id: str, rows: Iterable[tuple[bytes, OpenedRow]]
) -> None:
    """Text goes to the driver as it is, so that it comes back byte for byte."""
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    for some in _in_chunks(rows):
        if is_sqlite:
            values = [(agency_id, wave_id, response_id, *row) for response_id, row in some]
            connection.exec_driver_sql(_SQLITE_ADD_RESPONSES, values)
        else:
            columns = zip(*((response_id, *row) for response_id, row in some), strict=True)
            lists = [list(column) for column in columns]
            connection.exec_driver_sql(_POSTGRES_ADD_RESPONSES, (agency_id, wave_id, *lists))


def add_words(
    session: Session, agency_id: str, wave_id: str, words: Iterable[tuple[bytes, WrittenWords]]
) -> None:
    """In the order of ids that no response has."""
    place = {"agency_id": agency_id, "wave_id": wave_id}
    for some in _in_chunks(words):
        rows = [{**place, "id": text_id, **row._asdict()} for text_id, row in some]
        session.execute(insert(free_text), rows)


def remove_intake(session: Session, agency_id: str, wave_id: str) -> int:
    """How many sealed sheets were removed. Their bytes stay in the files until these are scrubbed.

    Zeroing each on SQLite would hold the write lock six times as long, for nothing: the scrub
    rewrites the whole file.
    """
    connection = session.connection()
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA secure_delete = FAST").all()
    removed = connection.execute(delete(intake).where(*_of(intake, agency_id, wave_id)))
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA secure_delete = ON").all()
    return removed.rowcount


def kept_rows(session: Session, agency_id: str, wave_id: str) -> Iterator[tuple[bytes, OpenedRow]]:
    """In the order of their ids, a few at a time, the answers as text."""
    question = (
        select(*_RESPONSE_COLUMNS)
        .where(*_of(response, agency_id, wave_id))
        .order_by(response.c.id)
        .execution_options(yield_per=ROWS_A_TIME)
    )
    for response_id, *row in session.execute(question):
        yield bytes(response_id), OpenedRow(*row)


def kept_words(
    session: Session, agency_id: str, wave_id: str
) -> Iterator[tuple[bytes, WrittenWords]]:
    """In the order of their ids, which is a random one."""
    question = (
        select(free_text.c.id, free_text.c.question, free_text.c.text)
        .where(*_of(free_text, agency_id, wave_id))
        .order_by(free_text.c.id)
        .execution_options(yield_per=ROWS_A_TIME)
    )
    for text_id, asked, written in session.execute(question):
        yield bytes(text_id), WrittenWords(asked, written)


def remove_words(session: Session, agency_id: str, wave_id: str) -> int:
    removed = session.connection().execute(
        delete(free_text).where(*_of(free_text, agency_id, wave_id))
    )
    return removed.rowcount


def counted_waves(session: Session) -> list[tuple[str, str, dict[str, Any]]]:
    question = select(Wave.agency_id, Wave.id, Wave.count_manifest).where(
        Wave.state.in_(HOLDS_RESPONSES)
    )
    return [
        (agency_id, wave_id, manifest or {})
        for agency_id, wave_id, manifest in session.execute(question)
    ]


_RESPONSE_COLUMNS: Final = (
    response.c.id,
    response.c.mode,
    response.c.recruitment,
    response.c.area,
    response.c.language,
    response.c.quality,
    cast(response.c.answers, Text),
)


def _of(table: Table, agency_id: str, wave_id: str) -> tuple[ColumnElement[bool], ...]:
    return table.c.agency_id == agency_id, table.c.wave_id == wave_id


def _count(session: Session, table: Table, agency_id: str, wave_id: str) -> int:
    question = select(func.count()).select_from(table).where(*_of(table, agency_id, wave_id))
    return session.execute(question).scalar_one()


def _in_chunks(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    rest = iter(rows)
    while some := list(islice(rest, ROWS_A_TIME)):
        yield some
