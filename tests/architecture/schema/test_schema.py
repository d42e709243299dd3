"""Privacy is a matter of structure: walk every table and find no way from an answer to a person."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Final

import pytest
from sqlalchemy import (
    JSON,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    String,
    Table,
    Time,
)
from sqlalchemy.types import TypeDecorator, TypeEngine

from app.responses.erasing import ERASED_TABLES
from app.schema import metadata

Rule = Callable[[MetaData], list[str]]

TENANT: Final = "agency_id"
OF_NO_TENANT: Final = {"unknown_address"}  # who signs in names no agency
# The allow-list. A further column is a new promise to residents: change docs/resident-privacy.md
# in the same commit, or leave the column out.
RESPONDENT_COLUMNS: Final = {
    "intake": {TENANT, "wave_id", "id", "ct"},
    "ledger": {TENANT, "wave_id", "tag", "kind", "most", "used"},
    "response": {
        *(TENANT, "wave_id", "id", "mode", "recruitment", "area"),
        *("language", "quality", "answers"),
    },
    "free_text": {TENANT, "wave_id", "id", "question", "text"},
    "fieldwork_tally": {TENANT, "wave_id", "list", "entry", "n"},
    "opened_part": {TENANT, "wave_id", "id", "content"},
    "link_tags": {TENANT, "wave_id", "ct"},
    "pair": {TENANT, "wave_id", "id", "pair_id"},
}
# Tables to come on the respondent side (privacy.md §3.1): they fall under the rules by their name.
RESPONDENT_TABLES: Final = re.compile(
    r"intake|response|free_text|opened_part|pair|ledger|link_tags|fieldwork_tally"
)
TIME_TYPES: Final = (Date, DateTime, Time, Interval)
# On a respondent table these words are never part of a column's name.
RESPONDENT_WORDS: Final = {
    *("ip", "address", "agent", "email", "mail", "phone", "mobile", "name", "surname", "birth"),
    *("referrer", "referer", "fingerprint", "cookie", "session", "latitude", "longitude", "lat"),
    *("lon", "lng", "geo", "zip", "postcode", "street", "device", "screen", "browser", "person"),
    *("respondent", "user", "staff", "contact", "token", "collector", "code", "invitation"),
    *("time", "timestamp", "created", "updated", "submitted", "started", "finished", "duration"),
    *("seconds", "date", "day", "hour", "week", "sequence", "position", "number", "order"),
}
# Nowhere at all, staff included: nothing an officer could be traced by, nothing a resident left.
# `email` is not here because staff sign in with one.
WORDS_ANYWHERE: Final = {
    *("ip", "fingerprint", "cookie", "latitude", "longitude", "referrer", "referer", "birth"),
    *("ssn", "immigration", "citizenship", "device"),
}
PHRASES_ANYWHERE: Final = ("user_agent", "remote_addr", "client_host", "accept_language")


def respondent_tables(schema: MetaData) -> list[Table]:
    return [t for t in schema.sorted_tables if RESPONDENT_TABLES.fullmatch(t.name)]


def unlisted_columns(schema: MetaData) -> list[str]:
    return [
        f"{table.name}.{column.name} is not on the allow-list"
        for table in respondent_tables(schema)
        for column in table.columns
        if column.name not in RESPONDENT_COLUMNS.get(table.name, set())
    ]


def _plain_type(kind: TypeEngine[object]) -> TypeEngine[object]:
    return kind.impl_instance if isinstance(kind, TypeDecorator) else kind


def timed_columns(schema: MetaData) -> list[str]:
    return [
        f"{table.name}.{column.name} could hold a time"
        for table in respondent_tables(schema)
        for column in table.columns
        if isinstance(_plain_type(column.type), TIME_TYPES)
    ]


def forbidden_names(schema: MetaData) -> list[str]:
    private = {table.name for table in respondent_tables(schema)}
    return [
        f"{table.name}.{column.name}: no such column"
        for table in schema.sorted_tables
        for column in table.columns
        if set(column.name.lower().split("_"))
        & (WORDS_ANYWHERE | RESPONDENT_WORDS if table.name in private else WORDS_ANYWHERE)
        or any(phrase in column.name.lower() for phrase in PHRASES_ANYWHERE)
    ]


def references(schema: MetaData) -> list[str]:
    """A foreign key out of a respondent table leads to what it names; one into it leads back."""
    private = {table.name for table in respondent_tables(schema)}
    return [
        f"{table.name} refers to {constraint.referred_table.name}"
        for table in schema.sorted_tables
        for constraint in table.foreign_key_constraints
        if table.name in private or constraint.referred_table.name in private
    ]


def counted_rows(schema: MetaData) -> list[str]:
    """A number that grows with each row is the order of arrival."""
    return [
        f"{table.name}.{column.name} counts the rows as they arrive"
        for table in respondent_tables(schema)
        for column in table.columns
        if (column.primary_key and isinstance(column.type, Integer))
        or column.default is not None
        or column.server_default is not None
        or column.identity is not None
    ]


def keys_not_led_by_the_tenant(schema: MetaData) -> list[str]:
    found: list[str] = []
    for table in schema.sorted_tables:
        if table.name in OF_NO_TENANT:
            continue
        if next(iter(table.primary_key.columns)).name != TENANT:
            found.append(f"the primary key of {table.name} does not begin with {TENANT}")
        found += [
            f"a foreign key of {table.name} does not begin with {TENANT}"
            for constraint in table.foreign_key_constraints
            if constraint.column_keys[0] != TENANT or constraint.elements[0].column.name != TENANT
        ]
    return found


def tables_with_rowid(connection: sqlite3.Connection, names: list[str]) -> list[str]:
    """Asked of a live file: a table without rowid has no such column to select."""
    found = []
    for name in names:
        try:
            connection.execute(f'SELECT rowid FROM "{name}"')  # noqa: S608 - names of our own tables
        except sqlite3.OperationalError:
            continue
        found.append(f"{name} keeps its rows in the order of arrival")
    return found


RULES: Final[tuple[Rule, ...]] = (
    unlisted_columns,
    timed_columns,
    forbidden_names,
    references,
    counted_rows,
    keys_not_led_by_the_tenant,
)


@pytest.mark.parametrize("rule", RULES)
def test_the_schema_keeps_the_rule(rule: Rule) -> None:
    assert rule(metadata) == []


def test_the_walk_saw_the_tables() -> None:
    assert {t.name for t in respondent_tables(metadata)} == RESPONDENT_COLUMNS.keys()
    assert len(metadata.sorted_tables) >= 10


def test_the_allow_list_names_no_column_that_is_gone() -> None:
    for table in respondent_tables(metadata):
        assert {c.name for c in table.columns} == RESPONDENT_COLUMNS[table.name]


def _with(*columns: Column[object], refers_to: str = "") -> MetaData:
    schema = MetaData()
    Table("agency", schema, Column(TENANT, String, primary_key=True))
    constraints = [ForeignKeyConstraint([TENANT], [f"{refers_to}.{TENANT}"])] if refers_to else []
    Table(
        "response",
        schema,
        Column(TENANT, String, primary_key=True),
        Column("id", LargeBinary, primary_key=True),
        *columns,
        *constraints,
    )
    return schema


def _sins() -> Iterator[tuple[Rule, MetaData]]:
    yield unlisted_columns, _with(Column("shoe_size", Integer))
    yield timed_columns, _with(Column("answers", DateTime))
    yield timed_columns, _with(Column("answers", Date))
    for name in ("ip_address", "user_agent", "email", "created_at", "collector_id", "sequence"):
        yield forbidden_names, _with(Column(name, String))
    yield references, _with(refers_to="agency")
    yield counted_rows, _with(Column("n", Integer, primary_key=True))
    yield counted_rows, _with(Column("answers", JSON, server_default="now"))


@pytest.mark.parametrize(("rule", "schema"), list(_sins()))
def test_a_planted_column_is_caught(rule: Rule, schema: MetaData) -> None:
    assert rule(schema)


def test_erasing_empties_every_table_of_the_respondent_side() -> None:
    assert {table.name for table in respondent_tables(metadata)} == set(ERASED_TABLES)


def test_a_planted_reference_into_the_answers_is_caught() -> None:
    schema = _with()
    Table(
        "invitation",
        schema,
        Column(TENANT, String, primary_key=True),
        Column("response_id", LargeBinary),
        ForeignKeyConstraint([TENANT, "response_id"], [f"response.{TENANT}", "response.id"]),
    )
    assert references(schema)


def test_a_planted_address_in_a_staff_table_is_caught() -> None:
    schema = MetaData()
    Table("staff", schema, Column(TENANT, String, primary_key=True), Column("last_ip", String))
    assert forbidden_names(schema)


def test_a_planted_key_without_its_tenant_is_caught() -> None:
    schema = MetaData()
    Table("staff", schema, Column("id", String, primary_key=True), Column(TENANT, String))
    Table(
        "sign_in",
        schema,
        Column(TENANT, String, primary_key=True),
        Column("staff_id", String),
        ForeignKeyConstraint(["staff_id"], ["staff.id"]),
    )
    assert len(keys_not_led_by_the_tenant(schema)) == 2


def test_respondent_rows_lie_in_no_order_of_arrival(sqlite_url: str) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        assert tables_with_rowid(connection, [t.name for t in respondent_tables(metadata)]) == []


def test_a_planted_ordinary_table_is_caught() -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE response (id BLOB PRIMARY KEY)")
        assert tables_with_rowid(connection, ["response"])
