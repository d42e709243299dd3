"""The run of a million is made of steps that work: here with a hundred."""

from __future__ import annotations

from pathlib import Path

from tests.scale.steps import here, steps


def test_every_step_from_the_way_in_to_the_downloads_is_done(tmp_path: Path) -> None:
    found = dict(steps(f"sqlite:///{tmp_path / 'rapport.db'}", tmp_path, 100, here))
    counted = [taken.said for what, taken in found.items() if what.endswith("counted")]
    assert counted == ["100", "100"]
    assert sum(what.startswith("download") for what in found) >= 1
    assert all(taken.seconds > 0 and taken.mebibytes > 0 for taken in found.values())
