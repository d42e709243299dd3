"""The image holds what runs and nothing else, and its steps lead to a program that starts."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.architecture.deployment.containerfile import Folder, Step, read_steps
from tests.architecture.source import ROOT

Rule = Callable[[list[Step]], list[str]]
SHIPPED: Final = {"LICENSE", "README.md", "analysis", "app", "migrations", "surveys"}
SHIPPED_FILES: Final = {"pyproject.toml", "requirements.lock"}


def _steps() -> list[Step]:
    return read_steps((ROOT / "Dockerfile").read_text("utf-8"))


def loose_versions(steps: list[Step]) -> list[str]:
    found = [
        f"FROM {s.text} has no exact version"
        for s in steps
        if s.keyword == "FROM" and not re.match(r"\S+:\d+\.\d+\.\d+", s.text)
    ]
    for step in steps:
        if step.keyword == "RUN" and "pip install" in step.text:
            is_hashed = "--require-hashes" in step.text
            is_own = {"--no-deps", "--no-index"} <= set(step.words())
            if not (is_hashed or is_own):
                found.append(f"RUN {step.text} may install what the lock does not name")
    return found


def powerful_users(steps: list[Step]) -> list[str]:
    users = [s.text for s in steps if s.keyword == "USER"]
    if not users or not re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1]):
        return ["the program runs as the administrator of its container"]
    return []


def needless_content(steps: list[Step]) -> list[str]:
    found: list[str] = []
    for step in steps:
        if step.keyword in {"ADD", "ARG"}:
            found.append(f"{step.keyword} {step.text}: copy a file of the checkout instead")
        if step.keyword != "COPY" or "--from=" in step.text:
            continue
        extra = set(step.words()[:-1]) - SHIPPED - SHIPPED_FILES
        found += [f"COPY {name}: the program does not need it" for name in sorted(extra)]
    return found


def missing_health(steps: list[Step]) -> list[str]:
    checks = [s for s in steps if s.keyword == "HEALTHCHECK"]
    if not checks or "/healthz" not in checks[-1].text:
        return ["nobody asks whether the program is well"]
    return []


RULES: Final[tuple[Rule, ...]] = (loose_versions, powerful_users, needless_content, missing_health)


@pytest.mark.parametrize("rule", RULES)
def test_the_dockerfile_keeps_the_rule(rule: Rule) -> None:
    assert rule(_steps()) == []


@pytest.mark.parametrize(
    ("rule", "sin"),
    [
        (loose_versions, "FROM python:latest"),
        (loose_versions, "FROM python:3.11.14-slim\nRUN pip install rapport"),
        (powerful_users, "FROM python:3.11.14-slim"),
        (powerful_users, "USER root"),
        (needless_content, "COPY . ."),
        (needless_content, "COPY secrets secrets"),
        (needless_content, "ADD https://example.org/x /x"),
        (missing_health, "FROM python:3.11.14-slim"),
    ],
)
def test_a_planted_sin_is_caught(rule: Rule, sin: str) -> None:
    assert rule(read_steps(sin))


def test_the_backup_programs_fit_the_database_server() -> None:
    """pg_dump refuses a server that is newer than itself."""
    server = re.search(r"image: postgres:(\d+)", (ROOT / "docker-compose.yml").read_text("utf-8"))
    clients = [re.search(r"postgresql-client-(\d+)", s.text) for s in _steps()]
    assert server
    assert {client[1] for client in clients if client} == {server[1]}


def test_the_builder_is_sent_exactly_what_is_copied() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = {line.strip("!/") for line in lines if line.startswith("!")}
    assert "*" in lines
    assert sent == SHIPPED | SHIPPED_FILES


def _own_copies(folder: Path) -> Folder:
    """The build folder of the image after its COPY lines, without the installed lock."""
    image = Folder(folder)
    for step in _steps():
        if step.stage == 0 and step.keyword in {"WORKDIR", "COPY"}:
            image.run(step)
    return image


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the line of the Dockerfile, with the build tools of this environment."""
    folder = tmp_path_factory.mktemp("image")
    image = _own_copies(folder)
    (line,) = (s.text for s in _steps() if s.keyword == "RUN" and "pip wheel" in s.text)
    command = line.split()[1:]
    subprocess.run(  # noqa: S603 - a line of our own Dockerfile
        [sys.executable, "-m", "pip", "--quiet", *command], cwd=image.place("/build"), check=True
    )
    (built,) = image.place("/build/dist").glob("*.whl")
    return built


def test_the_wheel_holds_what_runs_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    tops = {name.split("/")[0] for name in names}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"app", "analysis"}
    assert "app/_data/surveys/core_trust.yaml" in names
    sources = [f for f in (ROOT / "app").rglob("*") if f.is_file()]
    kept = {f.relative_to(ROOT).as_posix() for f in sources if f.suffix != ".pyc"}
    assert kept <= names
    migrations = {f.name for f in (ROOT / "migrations" / "versions").glob("*.py")}
    assert {f"app/_data/migrations/versions/{name}" for name in migrations} <= names


def _installed(wheel: Path, folder: Path) -> dict[str, str]:
    """An environment whose `app` is the wheel's, beside the libraries of this one."""
    subprocess.run(  # noqa: S603 - the pip of this environment, and the wheel just built
        [
            *(sys.executable, "-m", "pip", "--quiet", "install", "--no-deps", "--no-index"),
            *("--target", str(folder), str(wheel)),
        ],
        check=True,
    )
    return {"PYTHONPATH": str(folder), "PATH": os.defpath, "COLUMNS": "100"}


def _rapport(
    environment: dict[str, str], folder: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - the command of the wheel just built
        [sys.executable, "-c", "from app.cli import main; main()", *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_of_the_wheel_helps_and_migrates(wheel: Path, tmp_path: Path) -> None:
    environment = _installed(wheel, tmp_path / "site")
    help_page = _rapport(environment, tmp_path, "--help")
    assert help_page.returncode == 0, help_page.stderr
    for command in ("serve", "worker", "migrate", "compare"):
        assert command in help_page.stdout
    database = {"RAPPORT_DATABASE_URL": f"sqlite:///{tmp_path / 'rapport.db'}"}
    migrated = _rapport(environment | database, tmp_path, "migrate")
    assert migrated.returncode == 0, migrated.stderr
    assert (tmp_path / "rapport.db").stat().st_size > 0
    survey = tmp_path / "site" / "app" / "_data" / "surveys" / "core_trust.yaml"
    checked = _rapport(environment, tmp_path, "check-instrument", str(survey))
    assert checked.returncode == 0, checked.stderr


@pytest.mark.proof
def test_the_build_stage_leads_to_a_command_that_starts(tmp_path: Path) -> None:
    image = Folder(tmp_path)
    for step in _steps():
        if step.stage == 0:
            image.run(step)
    program = image.place("/opt/rapport/bin/rapport")
    help_page = subprocess.run(  # noqa: S603 - the command just installed
        [program, "--help"], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert "serve" in help_page.stdout
    where = "import app, json, sys; print(json.dumps([app.__file__, sorted(sys.path)]))"
    python = image.place("/opt/rapport/bin/python")
    told = subprocess.run(  # noqa: S603 - the interpreter just installed
        [python, "-c", where], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert json.loads(told.stdout)[0].startswith(str(tmp_path))
    assert not list(image.place("/opt/rapport").rglob("hatchling"))
