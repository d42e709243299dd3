"""A worker whose one kind of job never ends by itself. Run as a process, to be killed in it."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import NoReturn

from app import worker
from app.db import Database
from app.settings import WorkerSettings

KIND = "endless"
LEASE = timedelta(minutes=1)  # however busy the machine is, it beats in time


def never_end(work: worker.Work) -> NoReturn:
    steps = 0
    while True:
        steps += 1
        work.say(f"step {steps}")
        time.sleep(0.02)


def run(database_url: str) -> None:
    worker.JOB_KINDS = {KIND: worker.JobKind(never_end)}
    settings = WorkerSettings(database_url=database_url, count_key_store=Path("unused"))
    worker.Worker(Database(database_url), settings, None, lease=LEASE).run()
