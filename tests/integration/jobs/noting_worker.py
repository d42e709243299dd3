"""A worker that notes each job it does in a file of its own, and ends when none is due."""

from __future__ import annotations

import os
import time
from pathlib import Path

from app import worker
from app.db import Database
from app.settings import WorkerSettings


def note(work: worker.Work) -> None:
    file = Path(work.job.arguments["folder"]) / f"{os.getpid()}.done"
    with file.open("a") as notes:
        notes.write(f"{work.job.subject}\n")
    time.sleep(0.01)


def run(database_url: str) -> None:
    worker.JOB_KINDS = {"noted": worker.JobKind(note)}
    worker.Worker(
        Database(database_url), WorkerSettings(database_url=database_url), None
    ).run_until_empty()
