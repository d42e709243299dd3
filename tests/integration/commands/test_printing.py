"""From a wave to what people hold in their hands: `rapport collectors`, `rapport print`."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.factories import make_agency, make_areas, make_initiative, make_wave
from tests.integration.reports.rapport import Ran, rapport
from tests.unit.app.printing.fielded import pages, scanned

BASE = "https://trust.springfield.example"


@pytest.fixture
def wave_id(sqlite_url: str, count_keys: CountKeyStore) -> str:
    """The commands are the same on either database; what they call is tested on both."""
    database = Database(sqlite_url)
    with database.writing() as session:
        initiative = make_initiative(session, make_agency(session))
        make_areas(session, initiative)
        wave = make_wave(
            session, initiative, state="open", keys=count_keys, languages=("en", "es", "ar")
        )
        public_id = wave.agency_id + wave.id
    database.dispose()
    return public_id


def run(sqlite_url: str, *words: object) -> Ran:
    environment = {"RAPPORT_DATABASE_URL": sqlite_url, "RAPPORT_BASE_URL": BASE}
    return rapport(*words, environment=environment)


def added(sqlite_url: str, wave_id: str, *words: object) -> tuple[str, str]:
    """Id and address of a new collector, as the list shows them."""
    done = run(sqlite_url, "collectors", "--add", wave_id, *words)
    assert done.code == 0, done.err
    line = done.out.splitlines()[-1]
    return line.split()[0], line.split()[-1]


def test_from_a_wave_to_a_poster_on_the_wall(sqlite_url: str, wave_id: str, tmp_path: Path) -> None:
    assert "no way in yet" in run(sqlite_url, "collectors").out
    collector, address = added(sqlite_url, wave_id, "--label", "Library", "--area", 2)
    assert address == f"{BASE}/s/{collector}"
    out = tmp_path / "poster.pdf"
    done = run(
        sqlite_url, "print", "poster", collector, "--language", "es", "--paper", "letter",
        "--out", out,
    )  # fmt: skip
    assert done.code == 0, done.err
    assert scanned(out.read_bytes()) == [address]
    assert "South" in pages(out.read_bytes())[0]


def test_paper_is_printed_for_a_collector_that_staff_enter(
    sqlite_url: str, wave_id: str, tmp_path: Path
) -> None:
    collector, address = added(sqlite_url, wave_id, "--mode", "paper")
    assert address == f"{BASE}/entry/{collector}"
    out = tmp_path / "paper.pdf"
    done = run(sqlite_url, "print", "paper", collector, "--out", out)
    assert done.code == 0, done.err
    assert collector[-4:].upper() + "-EN" in pages(out.read_bytes())[-1]


def test_codes_become_cards_that_open_the_survey(
    sqlite_url: str, wave_id: str, tmp_path: Path
) -> None:
    codes, out = tmp_path / "codes.csv", tmp_path / "cards.pdf"
    keys = {
        "RAPPORT_DATABASE_URL": sqlite_url,
        "RAPPORT_BASE_URL": BASE,
        "RAPPORT_WEB_KEY_STORE": str(tmp_path / "web-keys"),
        "RAPPORT_WEB_MASTER_FILE": str(tmp_path / "secrets" / "web-master"),
    }
    made = rapport("codes", wave_id, "--csv", codes, "--number", 9, "--tests", 1, environment=keys)
    assert made.code == 0, made.err
    addresses = [line.split(",")[1] for line in codes.read_text("utf-8").splitlines()[1:]]
    collector = addresses[0].partition("#")[0].rpartition("/")[2]
    done = run(sqlite_url, "print", "cards", collector, "--codes", codes, "--out", out)
    assert done.code == 0, done.err
    printed = out.read_bytes()
    assert sorted(scanned(printed)) == sorted(addresses)
    assert " ".join(pages(printed)).count("Test card") == 1


def test_what_cannot_be_done_is_told_in_a_sentence(
    sqlite_url: str, wave_id: str, tmp_path: Path
) -> None:
    done = run(sqlite_url, "collectors", "--add", "nonsense")
    assert (done.code, done.out) == (1, "")
    assert "'nonsense' is no id" in done.err
    collector, _ = added(sqlite_url, wave_id)
    codes = tmp_path / "codes.csv"
    codes.write_text("code,address\nA,B\n", encoding="utf-8")
    out = tmp_path / "cards.pdf"
    done = run(sqlite_url, "print", "cards", collector, "--codes", codes, "--out", out)
    assert done.code == 1
    assert "takes no codes" in done.err
    assert not out.exists()
