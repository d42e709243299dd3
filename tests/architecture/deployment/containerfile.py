"""Reads a Dockerfile, and runs the steps of its build stage in a folder instead of an image."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.architecture.source import ROOT

KEYWORDS_WITHOUT_EFFECT: Final = {"FROM", "EXPOSE", "HEALTHCHECK", "USER", "CMD", "ENTRYPOINT"}


@dataclass(frozen=True)
class Step:
    stage: int
    keyword: str
    text: str

    def words(self) -> list[str]:
        return shlex.split(self.text)


def read_steps(dockerfile: str) -> list[Step]:
    lines = [line for line in dockerfile.splitlines() if not line.lstrip().startswith("#")]
    steps: list[Step] = []
    stage = -1
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        keyword, _, text = line.strip().partition(" ")
        if not keyword:
            continue
        stage += keyword == "FROM"
        steps.append(Step(stage, keyword, " ".join(text.split())))
    return steps


class Folder:
    """Stands for the root of an image: its absolute paths lie below it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._work = root
        self._environment = {"PATH": f"{Path(sys.executable).parent}:{os.defpath}"}

    def place(self, path: str) -> Path:
        return self._root / path.lstrip("/") if path.startswith("/") else self._work / path

    def run(self, step: Step) -> None:
        if step.keyword in KEYWORDS_WITHOUT_EFFECT:
            return
        getattr(self, f"_{step.keyword.lower()}")(step)

    def _workdir(self, step: Step) -> None:
        self._work = self.place(step.text)
        self._work.mkdir(parents=True, exist_ok=True)

    def _env(self, step: Step) -> None:
        self._environment |= dict(word.split("=", 1) for word in step.words())

    def _copy(self, step: Step) -> None:
        *sources, target = step.words()
        for source in sources:
            here, there = ROOT / source, self.place(target)
            if here.is_dir():
                shutil.copytree(here, there, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                there.mkdir(parents=True, exist_ok=True)
                shutil.copy(here, there)

    def _run(self, step: Step) -> None:
        command = step.text.replace("/opt/", f"{self._root}/opt/")
        subprocess.run(  # noqa: S602 - a line of our own Dockerfile, which is written for a shell
            command, shell=True, cwd=self._work, env=self._environment, check=True
        )
