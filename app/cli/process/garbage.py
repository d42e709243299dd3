"""How often a process that lives long looks through its memory for garbage."""

import gc
from typing import Final

OBJECTS_BETWEEN_COLLECTIONS: Final = 20_000


def collect_seldom() -> None:
    """What is loaded by now stays: looking through it for garbage took a tenth of a sheet's CPU."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
