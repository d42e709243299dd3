"""A baseline taken elsewhere, in the terminal: looked at, mapped, imported, told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.accounts.audit import recent_acts
from app.db import Database
from app.initiatives.service import get_wave
from app.responses.service import count_responses
from tests.factories import make_initiative, make_wave
from tests.integration.commands.rapport import environment, run

EXPORTS = Path(__file__).parents[2] / "unit" / "app" / "imports" / "exports"


@pytest.fixture
def env(database_url: str, tmp_path: Path) -> dict[str, str]:
    return environment(database_url, tmp_path)


@pytest.fixture
def wave(database: Database) -> tuple[str, str]:
    with database.writing() as session:
        made = make_wave(session, make_initiative(session))
        return made.agency_id, made.id


def test_a_mapping_is_proposed_completed_and_imported(
    database: Database, env: dict[str, str], wave: tuple[str, str], tmp_path: Path
) -> None:
    command = ("import-baseline", "".join(wave), str(EXPORTS / "google_forms.csv"))
    looked = run(*command, env=env)
    assert looked.returncode == 0, looked.stderr
    assert "Google Forms: 4 rows. Read as CSV, UTF-8, comma." in looked.stdout
    assert "never imported (e_mail): Email Address" in looked.stdout
    assert "t1: How much do you trust the police here?" in looked.stdout
    assert "not mapped: Is there anything else you want to say?" in looked.stdout
    assert "example.org" not in looked.stdout

    file = tmp_path / "mapping.json"
    assert run(*command, "--propose", str(file), env=env).returncode == 0
    refused = run(*command, "--mapping", str(file), env=env)
    assert refused.returncode == 1
    assert "Put something in place of every ?" in refused.stderr

    mapping = json.loads(file.read_text("utf-8"))
    race = mapping["columns"]["What is your race or ethnicity?"]
    assert race["separator"] == ";"
    assert race["codes"] == {"White": 7, "Hispanic or Latino": 4, "Asian": 2}
    assert set(mapping["fielding"].values()) == {"?"}
    mapping["fielding"] = {
        "first_day": "2025-03-04",
        "last_day": "2025-03-06",
        "mode": "phone_web",
        "recruitment": "open",
        "language": "en",
    }
    file.write_text(json.dumps(mapping), "utf-8")
    done = run(*command, "--mapping", str(file), env=env)
    assert done.returncode == 0, done.stderr
    assert "Imported: 4 of 4 rows, from Google Forms." in done.stdout
    assert "never imported (time): Timestamp" in done.stdout
    assert "The file was not kept." in done.stdout
    with database.reading() as session:
        assert get_wave(session, *wave).state == "imported"
        assert count_responses(session, *wave) == 4
        assert [act.act for act in recent_acts(session, wave[0])] == ["import baseline"]
    again = run(*command, "--mapping", str(file), env=env)
    assert (again.returncode, "imported with its answers" in again.stderr) == (1, True)
