from __future__ import annotations

import signal
import socket
import time
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.factories import make_collector, make_wave
from tests.integration.commands.rapport import Running, environment, run, started

AGENT = "Nosy-Browser/1.0"


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(database_url, tmp_path)


@pytest.fixture
def serving(env: dict[str, str]) -> Iterator[Running]:
    with started("serve", "--port", "0", env=env) as running:
        running.wait_for("Rapport answers at")
        yield running


def address_of(serving: Running) -> tuple[str, int]:
    line = serving.wait_for("Rapport answers at http://")
    host, port = line.split("http://")[1].split(" ")[0].rsplit(":", 1)
    return host, int(port)


def test_it_answers_without_naming_itself_and_logs_nobody(
    serving: Running, database: Database, count_keys: CountKeyStore
) -> None:
    with database.writing() as session:
        collector = make_collector(session, make_wave(session, state="open", keys=count_keys))
    host, port = address_of(serving)
    for path in ("/healthz", f"/s/{collector.public_id}"):
        connection = HTTPConnection(host, port, timeout=10)
        connection.request(
            "GET", path, headers={"User-Agent": AGENT, "X-Forwarded-For": "203.0.113.7"}
        )
        reply = connection.getresponse()
        assert reply.status == HTTPStatus.OK
        assert reply.getheader("Server") is None
        connection.close()
    assert serving.signal(signal.SIGTERM) == 0
    for secret in (collector.public_id, AGENT, "203.0.113.7", "127.0.0.1 ", "GET", "/s/"):
        assert secret not in serving.said.replace(f"http://{host}:{port}", "")


def test_stopped_it_answers_what_has_begun(serving: Running) -> None:
    body = b"x=" + b"y" * 1000
    with socket.create_connection(address_of(serving)) as connection:
        connection.sendall(
            b"POST /s/0000000000000000 HTTP/1.1\r\nHost: here\r\nOrigin: http://127.0.0.1:8000\r\n"
            b"Content-Type: application/x-www-form-urlencoded\r\n"
            b"Content-Length: %d\r\n\r\n" % len(body)
        )
        connection.sendall(body[:500])
        time.sleep(0.3)
        serving.process.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        assert serving.process.poll() is None
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address_of(serving))
        connection.sendall(body[500:])
        answer = connection.recv(65536)
    assert answer.startswith(b"HTTP/1.1 4")
    assert serving.process.wait(5) == 0


def test_an_old_or_empty_database_is_refused_with_the_remedy(
    empty_database: Database, tmp_path: Path
) -> None:
    address = empty_database.url.render_as_string(hide_password=False)
    for command in ("serve", "worker"):
        finished = run(command, env=environment(address, tmp_path))
        assert finished.returncode == 1
        assert finished.stderr == "The database is empty. Run `rapport migrate` first.\n"


def test_a_port_that_is_taken_is_named_with_the_remedy(env: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        finished = run("serve", "--port", str(port), env=env)
    assert finished.returncode == 1
    assert f"cannot listen at 127.0.0.1, port {port}: Address already in use" in finished.stderr
    assert "--port" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_a_key_store_open_to_others_is_refused_with_the_remedy(
    env: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "web-keys").mkdir(mode=0o755)
    finished = run("serve", "--port", "0", env=env)
    assert finished.returncode == 1
    assert "chmod 700" in finished.stderr
    assert "Traceback" not in finished.stderr


def test_its_help_says_what_it_is_for(env: dict[str, str]) -> None:
    said = run("serve", "--help", env=env).stdout
    for words in ("residents", "RAPPORT_DATABASE_URL", "--host", "--port"):
        assert words in said
