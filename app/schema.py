"""Every table of every room, for migrations and for the tests that walk the schema."""

from __future__ import annotations

import app.accounts.tables
import app.api.tables
import app.collectors.tables
import app.exports.tables
import app.imports.tables
import app.initiatives.tables
import app.instruments.tables
import app.jobs.tables
import app.reports.tables
import app.responses.tables
import app.responses.texts.tables
import app.retention.tables  # noqa: F401 - imported so that the metadata is complete
from app.db import Base

metadata = Base.metadata
