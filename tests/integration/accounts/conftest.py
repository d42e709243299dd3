from __future__ import annotations

from pathlib import Path

import pytest

from app.accounts.staff import create_owner
from app.db import Database
from app.privacy.staff.one_time_codes import OneTimeCodes
from app.privacy.web_keys import WebKeyStore
from tests.factories import make_agency
from tests.integration.accounts.people import OWNER_PASSWORD, Owner


@pytest.fixture
def codes(tmp_path: Path) -> OneTimeCodes:
    return OneTimeCodes(WebKeyStore(tmp_path / "web-keys", tmp_path / "secrets" / "web-master"))


@pytest.fixture
def owner(database: Database) -> Owner:
    with database.writing() as session:
        agency = make_agency(session)
        staff = create_owner(
            session,
            agency.agency_id,
            email="Ana@City.example ",
            name="Ana Ruiz",
            password=OWNER_PASSWORD,
        )
        return Owner(agency.agency_id, staff.id, staff.email)
