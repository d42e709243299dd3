"""How PostgreSQL is spoken to: every commit reaches the disk, and nothing is waited for endlessly.

The server's own limits end what is slow. Of a server that hangs, or a network that swallows every
packet, they are never heard: there the connection itself gives up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg import Connection, OperationalError
from psycopg.pq import TransactionStatus
from sqlalchemy import event

if TYPE_CHECKING:
    from psycopg.abc import RV, PQGen
    from sqlalchemy import Engine

CONNECT_SECONDS: Final = 3
POOL_SECONDS: Final = 2  # for a free connection
MARGIN_SECONDS: Final = 1.0  # what the server's answer may take beyond its own limit
OPTIONS: Final = (
    "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000 -c timezone=UTC"
    " -c synchronous_commit=on"  # thanks are said after the fsync, whatever the server's default
)
# For connections that wait longer than the network should: a worker's, or one that lies idle.
NOTICE_DEAD_NETWORKS: Final = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 2,
    "tcp_user_timeout": 10_000,
}
LOOK_UP_SECONDS: Final = 0.1  # psycopg's own default


class PatientConnection(Connection[Any]):
    """Closes itself when the server has said nothing for `patience` seconds."""

    patience: float | None = None

    def wait(
        self,
        gen: PQGen[RV],
        interval: float = LOOK_UP_SECONDS,
        timeout: float | None = None,
    ) -> RV:
        most = self.patience if timeout is None else timeout
        try:
            return super().wait(gen, interval, most)
        except OperationalError:
            if self.info.transaction_status is TransactionStatus.ACTIVE:
                self.close()  # no answer came: the pool must not hand this connection on
            raise


def engine_options(*, pool_size: int, statement_seconds: int) -> dict[str, Any]:
    return {
        "pool_size": pool_size,
        "max_overflow": 0,
        "pool_timeout": POOL_SECONDS,
        "pool_pre_ping": True,
        "connect_args": {
            "connect_timeout": CONNECT_SECONDS,
            "options": f"{OPTIONS} -c statement_timeout={statement_seconds * 1000}",
            **NOTICE_DEAD_NETWORKS,
        },
    }


def make_patient(engine: Engine, statement_seconds: int) -> None:
    """Its connections wait a little longer than the server lets a statement run, and no more."""

    def connect(
        _dialect: object, _record: object, arguments: Any, options: Any
    ) -> PatientConnection:
        connection = PatientConnection.connect(*arguments, **options)
        connection.patience = statement_seconds + MARGIN_SECONDS
        return connection

    event.listen(engine, "do_connect", connect)
