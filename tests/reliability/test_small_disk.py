"""A real disk is full, has no inodes, or can only be read: sheets are refused, none is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.reliability.small_disk import FAULTS, SHEETS

OWN_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")


@pytest.fixture(scope="module")
def may_mount(tmp_path_factory: pytest.TempPathFactory) -> None:
    command = [*OWN_NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path_factory.mktemp("d"))]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - the system's own
    except (OSError, subprocess.CalledProcessError) as exc:
        pytest.skip(f"nobody may mount a disk of their own here: {exc}")


@pytest.mark.usefixtures("may_mount")
@pytest.mark.parametrize("fault", FAULTS)
def test_it_refuses_loses_nothing_and_recovers_without_a_restart(
    tmp_path: Path, fault: str
) -> None:
    command = [sys.executable, "-m", "tests.reliability.small_disk", str(tmp_path), fault]
    ended = subprocess.run(  # noqa: S603 - this interpreter, our own module
        [*OWN_NAMESPACE, *command], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    found = json.loads(ended.stdout)
    assert found["before"] < SHEETS, "the disk was never full"
    assert found["thanked"] == SHEETS
    assert found["is_kept"]
    assert found["is_whole"]
