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

    def __post_init__(self) -> None:
        if self.level is not Level.FINE and not self.remedy:
            raise ValueError(f"{self.part}: nobody is told what to do")


def refusal(part: str, message: str, otherwise: str) -> Finding:
    """An error says first what is wrong, then what to do; `otherwise` is for one that does not."""
    told, _, remedy = message.partition(". ")
    return Finding(part, Level.MEND, f"{told.removesuffix('.')}.", remedy or otherwise)


@dataclass(frozen=True, slots=True)
class Examined:
    """What every check gets to look at."""

    settings: WorkerSettings
    database: Database
