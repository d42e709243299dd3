from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from tests.integration.accounts.single_sign_on.identity_provider import Provider, identity_provider
from tests.integration.accounts.single_sign_on.site import Visitor, sso_site


@pytest.fixture
def provider() -> Iterator[Provider]:
    with identity_provider() as provider:
        yield provider


@pytest.fixture
def visitor(database: Database, tmp_path: Path, provider: Provider) -> Iterator[Visitor]:
    with sso_site(database, tmp_path, provider) as visitor:
        yield visitor
