"""An address is counted in memory under a keyed hash, and written nowhere: not even in trouble.

A real server, asked through its trusted header by addresses that stand nowhere else, until its
limits trip and a while longer. Then everything on disk and everything said is searched.
"""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.attack.attackers import files_below
from tests.attack.canaries.people import spellings_of_address
from tests.attack.canaries.scanner import Scanner
from tests.attack.test_linkage import data_files
from tests.integration.commands.rapport import PATIENCE, Running, environment, started
from tests.integration.pages.site import Fielded, field, stored

HEADER: Final = "X-Visitor"
ADDRESSES: Final = ("203.0.113.77", "2001:db8:bad:cafe:1:2:3:77", "::ffff:198.51.100.77")
SENT: Final = 34


def needles() -> dict[bytes, str]:
    return dict(each for address in ADDRESSES for each in spellings_of_address(address))


@pytest.fixture
def serving(database_url: str, tmp_path: Path) -> Iterator[Running]:
    env = environment(database_url, tmp_path) | {"RAPPORT_ADDRESS_HEADER": HEADER}
    with started("serve", "--port", "0", env=env) as running:
        running.wait_for("Rapport answers at")
        yield running


def visit(serving: Running, path: str, address: str, *, is_broken: bool = False) -> int:
    """Open the page and send it, as someone at this address."""
    line = serving.wait_for("Rapport answers at")
    host, port = re.findall(r"http://([\d.]+):(\d+)", line)[0]
    with closing(HTTPConnection(host, int(port), timeout=PATIENCE)) as connection:
        connection.request("GET", path, headers={HEADER: address})
        page = connection.getresponse().read().decode()
        (token,) = re.findall(r'name="_token" value="([^"]+)"', page)
        body = b"\xff" if is_broken else urlencode({"_lang": "en", "_token": token}).encode()
        kind = {"content-type": "application/x-www-form-urlencoded", HEADER: address}
        connection.request("POST", path, body, kind | {"sec-fetch-site": "same-origin"})
        answer = connection.getresponse()
        answer.read()
        return answer.status


def test_no_address_is_kept_on_disk_or_said(
    serving: Running,
    database: Database,
    count_keys: CountKeyStore,
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    fielded: Fielded = field(database, count_keys)
    for address in ADDRESSES:
        told = [visit(serving, fielded.path, address) for _ in range(SENT)]
        assert (told[0], told[-1]) == (200, 429)
        assert visit(serving, fielded.path, address, is_broken=True) == 422
    assert len(stored(database, fielded)) == 30 * len(ADDRESSES)
    assert serving.signal(signal.SIGTERM) == 0
    database.dispose()  # else SQLite loses its locks when a file of its own is closed here
    scanner = Scanner(needles())
    files = {*data_files(database, request), *files_below(tmp_path)}
    assert scanner.found_in_files(sorted(files), None) == {}
    assert scanner.found_in(serving.said.encode()) == set()
