"""The respondent side. No table here has a time, a foreign key, or anything about a person.

`WITHOUT ROWID` on SQLite: rows lie in the order of their random keys, never in order of arrival.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from app.db import Base

intake = Table(
    "intake",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("ct", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

response = Table(
    "response",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("mode", String(20), nullable=False),
    Column("recruitment", String(20), nullable=False),
    Column("area", Integer),
    Column("language", String(10), nullable=False),
    Column("quality", Integer, nullable=False),
    Column("answers", JSON, nullable=False),
    sqlite_with_rowid=False,
)

# What people wrote in their own words. Its ids are of its own: nothing leads to a response.
free_text = Table(
    "free_text",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("question", String(40), nullable=False),
    Column("text", Text, nullable=False),
    sqlite_with_rowid=False,
)

# How many sheets came, in two lists apart: by way in, and by day. Neither says anything of a sheet.
fieldwork_tally = Table(
    "fieldwork_tally",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("list", String(10), primary_key=True),
    Column("entry", String(10), primary_key=True),
    Column("n", Integer, nullable=False),
    CheckConstraint("list IN ('way_in', 'calendar')", name="list"),
    sqlite_with_rowid=False,
)

# A partner's count on its way in: opened, shuffled, compressed, in parts; empty at other times.
opened_part = Table(
    "opened_part",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("id", LargeBinary(32), primary_key=True),
    Column("content", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# The tags of a counted wave's codes, while another wave may follow: one sealed box a wave.
link_tags = Table(
    "link_tags",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("ct", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# Responses of several waves by one person. It names responses and nobody.
pair = Table(
    "pair",
    Base.metadata,
    Column("agency_id", String(6), primary_key=True),
    Column("wave_id", String(10), primary_key=True),
    Column("id", LargeBinary(16), primary_key=True),
    Column("pair_id", LargeBinary(16), nullable=False),
    sqlite_with_rowid=False,
)
