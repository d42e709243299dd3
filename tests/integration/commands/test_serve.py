from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from app.responses.tables import intake
from tests.factories import make_collector, make_wave
from tests.integration.commands.rapport import PATIENCE, Running, environment, run, started

AGENT = "Nosy-Browser/1.0"


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(database_url, tmp_path)


@pytest.fixture
def sqlite_env(sqlite_url: str, tmp_path: Path) -> dict[str, str]:
    """For what does not depend on the kind of database."""
    return environment(sqlite_url, tmp_path)


@pytest.fixture
def serving(env: dict[str, str]) -> Iterator[Running]:
    with started("serve", "--port", "0", env=env) as running:
        running.wait_for("Rapport answers at")
        yield running


def address_of(serving: Running) -> tuple[str, int]:
    line = serving.wait_for("Rapport answers at http://")
    host, port = line.split("http://")[1].split(" ")[0].rsplit(":", 1)
    return host, int(port)


def is_refused(address: tuple[str, int]) -> bool:
    try:
        socket.create_connection(address).close()
    except ConnectionRefusedError:
        return True
    return False


def wait_until_refused(address: tuple[str, int]) -> None:
    ends = time.monotonic() + PATIENCE
    while not is_refused(address):
        assert time.monotonic() < ends
        time.sleep(0.02)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Message
    text: str


def ask(serving: Running, path: str, **headers: str) -> Reply:
    with closing(HTTPConnection(*address_of(serving), timeout=PATIENCE)) as connection:
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read().decode())


def test_it_answers_without_naming_itself_and_logs_nobody(
    serving: Running, database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        collector = make_collector(session, make_wave(session, state="open", keys=count_keys))
    for path in ("/healthz", f"/s/{collector.public_id}"):
        reply = ask(serving, path, **{"User-Agent": AGENT, "X-Forwarded-For": "203.0.113.7"})
        assert reply.status == HTTPStatus.OK
        assert "Server" not in reply.headers
    host, port = address_of(serving)
    assert serving.signal(signal.SIGTERM) == 0
    for secret in (collector.public_id, AGENT, "203.0.113.7", "127.0.0.1 ", "GET", "/s/"):
        assert secret not in serving.said.replace(f"http://{host}:{port}", "")


def test_stopped_it_stores_the_sheet_that_is_on_its_way_and_thanks(
    serving: Running, database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        collector = make_collector(session, make_wave(session, state="open", keys=count_keys))
    path = f"/s/{collector.public_id}"
    page = ask(serving, path).text
    (token,) = re.findall(r'name="_token" value="([^"]+)"', page)
    body = urlencode({"_lang": "en", "_token": token}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: here\r\nSec-Fetch-Site: same-origin\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\nExpect: 100-continue\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(address_of(serving), timeout=PATIENCE) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue")
        connection.sendall(body[:10])
        serving.send(signal.SIGTERM)
        wait_until_refused(address_of(serving))
        time.sleep(1)  # a slow network, not the tenth of a second that any server waits
        assert not serving.has_ended
        connection.sendall(body[10:])
        answer = connection.recv(65536)
    assert answer.startswith((b"HTTP/1.1 200", b"HTTP/1.1 303"))
    assert serving.ended() == 0
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(intake)) == 1


def test_a_request_with_two_lengths_is_refused(sqlite_env: dict[str, str]) -> None:
    """What one program takes for the end of a request, another may take for its middle."""
    two_lengths = ("Content-Length: 4", "Content-Length: 5")
    both_ways = ("Content-Length: 4", "Transfer-Encoding: chunked")
    broken = ("Transfer-Encoding: chunked, identity",)
    with started("serve", "--port", "0", env=sqlite_env) as serving:
        for framing in (two_lengths, both_ways, broken):
            head = "\r\n".join(("POST /staff/sign-in HTTP/1.1", "Host: here", *framing, "", ""))
            with socket.create_connection(address_of(serving), timeout=PATIENCE) as connection:
                connection.sendall(head.encode() + b"0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n")
                connection.shutdown(socket.SHUT_WR)
                answer = b"".join(iter(lambda: connection.recv(65536), b""))
            assert answer.startswith(b"HTTP/1.1 400"), framing
            assert answer.count(b"HTTP/1.1") == 1, framing


def test_an_old_or_empty_database_is_refused_with_the_remedy(
    empty_database: Database, tmp_path: Path
) -> None:
    address = empty_database.url.render_as_string(hide_password=False)
    for command in ("serve", "worker"):
        finished = run(command, env=environment(address, tmp_path))
        assert finished.returncode == 1
        assert finished.stderr == (
            "There is no database yet, or it is empty. Run `rapport migrate` first.\n"
        )


def test_a_port_that_is_taken_is_named_with_the_remedy(sqlite_env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = run("serve", "--port", str(port), env=sqlite_env)
    assert finished.returncode == 1
    assert f"cannot listen at 127.0.0.1, port {port}: Address already in use" in finished.stderr
    assert "--port" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_key_store_open_to_others_is_refused_with_the_remedy(
    sqlite_env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "web-keys").mkdir(mode=0o755)
    finished = run("serve", "--port", "0", env=sqlite_env)
    assert finished.returncode == 1
    assert "chmod 700" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_its_help_says_what_it_is_for(sqlite_env: dict[str, str]) -> None:
    said = run("serve", "--help", env=sqlite_env).stdout
    for words in ("residents", "RAPPORT_DATABASE_URL", "--host", "--port"):
        assert words in said
