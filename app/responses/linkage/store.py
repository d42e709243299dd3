"""The questions an insider would ask: every order that the database shows, hidden columns too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

POSTGRES_ORDERS: Final = ("", "id", "ctid", "xmin::text::bigint", "xmax::text::bigint")
SQLITE_ORDERS: Final = ("", "id")
_LEDGER: Final = "known_arrival"


def orders_of(
    session: Session, wave_id: str, *, is_sqlite: bool
) -> Iterator[tuple[str, list[str]]]:
    """The answers of a wave in each order; without a name, as they lie."""
    for column in SQLITE_ORDERS if is_sqlite else POSTGRES_ORDERS:
        order = f" ORDER BY {column}" if column else ""
        question = f"SELECT CAST(answers AS TEXT) FROM response WHERE wave_id = :wave{order}"  # noqa: S608 - the columns named above
        yield column or "as it lies", list(session.scalars(text(question), {"wave": wave_id}))


def make_ledger(session: Session) -> None:
    """What many tools keep: who came, and what was answered, each in one transaction."""
    session.execute(text(f"CREATE TABLE {_LEDGER} (answers TEXT)"))


def note_in_ledger(session: Session, answers: str) -> None:
    session.execute(text(f"INSERT INTO {_LEDGER} VALUES (:answers)"), {"answers": answers})  # noqa: S608 - the table above


def ledger_in_order(session: Session, *, is_sqlite: bool) -> list[str]:
    column = "rowid" if is_sqlite else "xmin::text::bigint"
    return list(session.scalars(text(f"SELECT answers FROM {_LEDGER} ORDER BY {column}")))  # noqa: S608 - the table above


def sealed_sheets_of_counted_waves(session: Session) -> int:
    question = (
        "SELECT count(*) FROM intake JOIN wave ON intake.agency_id = wave.agency_id"
        " AND intake.wave_id = wave.id WHERE wave.state = 'counted'"
    )
    return int(session.scalar(text(question)) or 0)


def codes_of_counted_waves(session: Session) -> int:
    question = (
        "SELECT count(*) FROM ledger JOIN wave ON ledger.agency_id = wave.agency_id"
        " AND ledger.wave_id = wave.id WHERE wave.state = 'counted'"
    )
    return int(session.scalar(text(question)) or 0)


def counted_waves_and_kept_keys(session: Session) -> tuple[int, int]:
    counted = "SELECT count(*) FROM wave WHERE state = 'counted'"
    kept = counted + " AND key_state = 'kept'"
    return int(session.scalar(text(counted)) or 0), int(session.scalar(text(kept)) or 0)
