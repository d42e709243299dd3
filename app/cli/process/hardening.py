"""What a process that may hold answers in its memory does before it starts."""

import logging
import resource
import sys
import threading
from traceback import extract_tb
from types import TracebackType
from typing import Final

FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"

_Raised = tuple[type[BaseException], BaseException, TracebackType | None]
_log = logging.getLogger("rapport")


class PlaceOnly(logging.Formatter):
    """Tells of an error where it was raised, never its words: they may hold somebody's answers."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name == "asyncio":  # its later lines repeat the error itself
            record.msg, record.args = record.getMessage().partition("\n")[0], None
        return super().format(record)

    def formatException(self, ei: _Raised | tuple[None, None, None]) -> str:  # noqa: N802 - logging calls it so
        kind, _, traceback = ei
        frames = [f"  {f.filename}:{f.lineno} {f.name}" for f in extract_tb(traceback)]
        return "\n".join([*frames, "" if kind is None else kind.__name__])


def harden_process() -> None:
    """Log to stderr without anybody's words, and leave no core dump."""
    dump_no_memory()
    handler = logging.StreamHandler()
    handler.setFormatter(PlaceOnly(FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _log.setLevel(logging.INFO)
    sys.excepthook = _tell
    sys.unraisablehook = lambda seen: _tell(seen.exc_type, seen.exc_value, seen.exc_traceback)
    threading.excepthook = lambda seen: _tell(seen.exc_type, seen.exc_value, seen.exc_traceback)


def dump_no_memory() -> None:
    """Where the system pipes dumps to a program, Linux heeds no limit but that of one byte."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    limit = 0 if most == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


def _tell(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    _log.critical("Rapport broke here", exc_info=(kind, error or kind(), traceback))
