from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.db import Database
from app.settings import WorkerSettings


class Level(StrEnum):
    FINE = "fine"
    HEED = "heed"
    MEND = "mend"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of a part, and what to do where it is not fine."""

    part: str
    level: Level
    told: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What every check gets to look at."""

    settings: WorkerSettings
    database: Database
