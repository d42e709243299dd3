"""What has changed since a wave: asked of the wave itself, whose file may be gone."""

from __future__ import annotations

from pathlib import Path

from app.db import Database
from app.privacy.count_keys import CountKeyStore
from tests.integration.commands.rapport import environment, run
from tests.integration.pages.site import field
from tests.surveys.read import FOLDER, read


def test_what_a_file_changes_is_told_against_a_wave_that_has_asked_it(
    sqlite_url: str, count_keys: CountKeyStore, tmp_path: Path
) -> None:
    database = Database(sqlite_url)
    fielded = field(database, count_keys, instrument=read("street_pulse"), languages=["en"])
    wave = fielded.agency_id + fielded.wave_id
    database.dispose()
    env = environment(sqlite_url, tmp_path)
    asked = (FOLDER / "street_pulse.yaml").read_text("utf-8")
    file = tmp_path / "mine.yaml"
    file.write_text(asked.replace("Did you talk", "Did you speak"), "utf-8")
    changed = run("check-instrument", str(file), "--since", wave, env=env)
    assert changed.returncode == 1
    assert "error [changed-wording]: 'met' differs in words" in changed.stdout
    nowhere = run("check-instrument", str(file), "--since", "0123456789abcdef", env=env)
    assert (nowhere.returncode, "no such wave" in nowhere.stderr.lower()) == (1, True)
