"""Processes are forked off one that has imported the program: that took most of their CPU."""

from __future__ import annotations

from multiprocessing import get_context
from typing import Final

forks: Final = get_context("forkserver")
forks.set_forkserver_preload(
    [
        "app.main",
        "app.worker",
        "tests.integration.commands.rapport",
        "tests.integration.jobs.endless_worker",
        "tests.integration.jobs.noting_worker",
        "tests.integration.responses.dying",
    ]
)
