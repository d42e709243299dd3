"""`rapport preview` shows the real page of a file, takes answers, and leaves nothing behind."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from app.instruments.load.shipped import folder
from app.privacy.count_keys import CountKeyStore
from tests.integration.commands.rapport import PATIENCE, Running, environment, run, started
from tests.surveys.read import FOLDER

SURVEY = folder() / "pulse.yaml"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """Its folders stay untouched: the preview has its own, in a TMPDIR that we can watch."""
    (tmp_path / "tmp").mkdir()
    own = environment(f"sqlite:///{tmp_path / 'live.db'}", tmp_path)
    return own | {"TMPDIR": str(tmp_path / "tmp")}


@pytest.fixture
def shown(env: dict[str, str]) -> Iterator[Running]:
    with started("preview", str(SURVEY), "--lang", "vi", "--after", env=env) as running:
        running.wait_for("is shown at")
        yield running


def address(running: Running) -> str:
    found = re.search(r"(http://127\.0\.0\.1:\d+/s/\w+\?lang=\w+)", running.wait_for("shown at"))
    assert found
    return found[1]


def get(url: str) -> str:
    with urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - our own http address
        return str(answer.read().decode())


def test_the_page_is_the_real_one_in_the_language_asked_for(shown: Running) -> None:
    html = get(address(shown))
    assert '<html lang="vi"' in html
    assert "Quý vị tin tưởng cảnh sát ở đây đến mức nào?" in html
    assert "sáng kiến này được đặt ra" in html
    assert "?lang=ar" in html


def test_a_sent_sheet_is_thanked_for_and_can_be_opened_by_nobody(
    shown: Running, tmp_path: Path
) -> None:
    url = address(shown)
    token = re.search(r'name="_token" value="([^"]+)"', get(url))
    assert token
    body = urlencode({"_token": token[1], "_lang": "vi", "t1": "5"}).encode()
    with urlopen(Request(url, body), timeout=PATIENCE) as answer:  # noqa: S310 - our own http address
        assert "Xin cảm ơn" in answer.read().decode()
    (own,) = (tmp_path / "tmp").iterdir()
    keys = CountKeyStore(own / "count-keys", own / "secrets" / "count-master")
    assert keys._store.names() == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_when_it_stops_nothing_is_left(
    shown: Running, tmp_path: Path, number: signal.Signals
) -> None:
    assert list((tmp_path / "tmp").iterdir())
    assert shown.signal(number) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("file", "options", "told"),
    [
        ("untranslated", ["--lang", "es"], "cannot be shown in es"),
        ("untranslated", ["--lang", "fr"], "Languages without gaps: en"),
        ("missing", [], "there is no such file"),
    ],
)
def test_what_cannot_be_shown_is_told_in_a_sentence(
    env: dict[str, str], file: str, options: list[str], told: str
) -> None:
    outcome = run("preview", str(FOLDER / f"{file}.yaml"), *options, env=env)
    assert outcome.returncode == 1
    assert told in outcome.stderr
    assert "Traceback" not in outcome.stderr


def test_it_opens_the_browser_of_this_machine_when_asked(
    env: dict[str, str], tmp_path: Path
) -> None:
    note, browser = tmp_path / "opened", tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {note}\n', "utf-8")
    browser.chmod(0o700)
    asked = env | {"BROWSER": f"{browser} %s"}
    with started("preview", str(SURVEY), "--open", env=asked) as running:
        told = address(running)
        ends = time.monotonic() + PATIENCE
        while not (note.exists() and note.read_text("utf-8").strip()):
            assert time.monotonic() < ends
            time.sleep(0.05)
        assert note.read_text("utf-8").strip() == told
