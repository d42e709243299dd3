"""The second wall between agencies: PostgreSQL itself shows a transaction its own agency's rows.

The first wall is that every question names its agency. Where one forgets to, this wall leaves it
without rows. The policies stand in the migration; SQLite has no such thing, and one agency a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

DatabaseRole = Literal[
    "rapport_staff",  # one agency: its own rows, and none before the agency is said
    "rapport_intake",  # the way in: adds sealed sheets, and cannot read one
    "rapport_claim",  # the worker's queue of jobs
    "rapport_sign_in",  # which agencies know an address
    "rapport_sweep",  # which waves and downloads still stand, for their keys
    "rapport_operator",  # the commands on the machine itself: every row
]
OPERATOR: Final = "rapport_operator"
Actor = tuple[DatabaseRole, str]  # the role, and the agency where it is known beforehand
ACTOR: Final = "rapport_actor"  # the execution option that carries it
# Two that migrate at once, in two databases of one server, may both try. From version 16 on, who
# makes a role is its member without the right to act as it.
_MAKE_ROLE: Final = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        BEGIN
            CREATE ROLE {role} NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, '{role}', {right}) THEN
        GRANT {role} TO CURRENT_USER;
    END IF;
END $$
"""
_ENTER: Final = "SELECT set_config('rapport.agency', %s, true)"
_ACT: Final = "SELECT set_config('role', %s, true), set_config('rapport.agency', %s, true)"


def begin_as_actor(connection: Connection) -> None:
    """Both settings end with the transaction: the next who borrows the connection starts clean."""
    actor: Actor | None = connection.get_execution_options().get(ACTOR)
    if actor is None:
        return
    role, agency_id = actor
    if agency_id:
        connection.exec_driver_sql(_ACT, (role, agency_id))
    else:  # no SELECT: the transaction may still choose its isolation
        connection.exec_driver_sql(f"SET LOCAL ROLE {role}")


def make_roles(session: Session) -> None:
    """Where they are not there yet. Roles belong to the server: a dump does not bring them."""
    if session.get_bind().dialect.name != "postgresql":
        return
    connection = session.connection()
    knows_set = (connection.dialect.server_version_info or (0,)) >= (16,)
    for role in get_args(DatabaseRole):
        right = "'SET'" if knows_set else "'MEMBER'"
        connection.exec_driver_sql(_MAKE_ROLE.format(role=role, right=right))


def enter_agency(session: Session, agency_id: str) -> None:
    """From here to the end of the transaction, this agency's rows and no others are there."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().exec_driver_sql(_ENTER, (agency_id,))


@contextmanager
def acting_in(session: Session, role: DatabaseRole) -> Iterator[None]:
    """For one question that the session's own role cannot ask. Without a role it needs no other."""
    connection = session.connection()
    actor: Actor | None = connection.get_execution_options().get(ACTOR)
    if actor is None:
        yield
        return
    connection.exec_driver_sql(f"SET LOCAL ROLE {role}")
    yield
    connection.exec_driver_sql(f"SET LOCAL ROLE {actor[0]}")
