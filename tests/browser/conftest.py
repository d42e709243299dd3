from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from app.db import Database
from app.migrations import migrate
from app.privacy.count_keys import CountKeyStore
from app.privacy.web_keys import WebKeyStore
from tests.browser.find import find_browser
from tests.browser.serving import running_server
from tests.conftest import IN_CI, PostgresServer
from tests.integration.pages.site import Fielded, Wish, field

PHONE = {"width": 360, "height": 740}
VISITED = "rapport_visited"
PATIENCE = 60_000  # on a machine that does much else; nothing waits longer than it has to


@dataclass(frozen=True)
class Site:
    """A running server, the database below it, and the keys that open what it has taken."""

    address: str
    database: Database
    count_keys: CountKeyStore
    web_keys: WebKeyStore

    def field(self, **wish: Any) -> Fielded:
        return field(self.database, self.count_keys, **Wish(**wish))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: while it lives, no other test of the process can use asyncio."""
    found = find_browser()
    if found is None:
        (pytest.fail if IN_CI else pytest.skip)("No Chromium was found. Run: make browser")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found)
        yield browser
        browser.close()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A file that says so runs on SQLite in the normal run, and on PostgreSQL in the proofs."""
    if getattr(metafunc.module, "EACH_DATABASE", False) and "site" in metafunc.fixturenames:
        proof = pytest.param("postgresql", marks=pytest.mark.proof)
        metafunc.parametrize("site", ["sqlite", proof], indirect=True, scope="session")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Site:
    engine = getattr(request, "param", "sqlite")
    site: Site = request.getfixturevalue(f"{engine}_site")
    return site


@pytest.fixture(scope="session")
def sqlite_site(migrated_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    shutil.copyfile(migrated_sqlite, folder / "rapport.db")
    yield from _site(f"sqlite:///{folder / 'rapport.db'}", folder)


@pytest.fixture(scope="session")
def postgresql_site(
    postgres_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    postgres_server.run(f"CREATE DATABASE {VISITED}")
    database = Database(postgres_server.named(VISITED), pool_size=1)
    migrate(database)
    database.dispose()
    yield from _site(postgres_server.named(VISITED), tmp_path_factory.mktemp("site"))


def _site(database_url: str, folder: Path) -> Iterator[Site]:
    database = Database(database_url)
    keys = CountKeyStore(folder / "count-keys", folder / "secrets" / "count-master")
    with running_server(database_url, folder) as address:
        web_keys = WebKeyStore(folder / "web-keys", folder / "secrets" / "web-master")
        yield Site(address, database, keys, web_keys)
    database.dispose()


@pytest.fixture
def phones(browser: Browser) -> Iterator[Any]:
    """Makes phones: a page each, with what a test wants to be different."""
    contexts = []

    def make(**wish: Any) -> Page:
        usual = {"viewport": PHONE, "is_mobile": True, "has_touch": True, "locale": "en-US"}
        context = browser.new_context(**(usual | wish))
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
