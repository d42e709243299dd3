"""What a process that may hold answers in its memory does before it starts."""

import logging
import resource
from traceback import extract_tb
from types import TracebackType
from typing import Final

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_Raised = tuple[type[BaseException], BaseException, TracebackType | None]


class PlaceOnly(logging.Formatter):
    """Tells of an error where it was raised, never its words: they may hold somebody's answers."""

    def formatException(self, ei: "_Raised | tuple[None, None, None]") -> str:  # noqa: N802 - logging calls it so
        kind, _, traceback = ei
        frames = [f"  {f.filename}:{f.lineno} {f.name}" for f in extract_tb(traceback)]
        return "\n".join([*frames, "" if kind is None else kind.__name__])


def harden_process(level: int = logging.INFO) -> None:
    """Log to stderr without anybody's words, and leave no core dump."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    handler = logging.StreamHandler()
    handler.setFormatter(PlaceOnly(FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("rapport").setLevel(level)
