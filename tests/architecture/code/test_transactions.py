"""A transaction ends in app/db.py only, and before the reply: no thanks without a commit."""

from __future__ import annotations

import ast
import asyncio
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Annotated, Final

import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.testclient import TestClient
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.db import Database, GroupCommitWriter, SessionDep
from app.errors import Unavailable
from tests.architecture.source import Module, calls, imported_names, is_within, module, modules

OWNER: Final = "app/db.py"
ENDS: Final = {"commit", "rollback", "begin", "begin_nested"}
MAKES: Final = {"Session", "sessionmaker", "create_engine", "scoped_session", "async_sessionmaker"}


def transactions_elsewhere(tree: Iterable[Module]) -> list[str]:
    found: list[str] = []
    for m in tree:
        if is_within(m.path, OWNER):
            continue
        for call, name in calls(m.tree):
            last = name.rpartition(".")[2]
            if "." in name and last in ENDS:
                found.append(f"{m.at(call)} {name}(): only {OWNER} ends a transaction")
            elif last in MAKES:
                found.append(f"{m.at(call)} {name}(): only {OWNER} makes engines and sessions")
    return found


def _is_generator(function: ast.AST) -> bool:
    return any(isinstance(node, ast.Yield | ast.YieldFrom) for node in ast.walk(function))


def unscoped_dependencies(tree: Iterable[Module]) -> list[str]:
    """A dependency that cleans up after itself does so too late unless its scope says otherwise."""
    found: list[str] = []
    for m in tree:
        generators = {
            node.name
            for node in ast.walk(m.tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _is_generator(node)
        }
        for call, name in calls(m.tree):
            if name.rpartition(".")[2] not in {"Depends", "Security"} or not call.args:
                continue
            target = call.args[0]
            if not (isinstance(target, ast.Name) and target.id in generators):
                continue
            scopes = [k.value.value for k in call.keywords if _is_scope(k)]
            if not is_within(m.path, OWNER):
                found.append(f"{m.at(call)} depends on a generator: use app.db.SessionDep")
            elif scopes != ["function"]:
                found.append(f'{m.at(call)} must say scope="function"')
    return found


def _is_scope(keyword: ast.keyword) -> bool:
    return keyword.arg == "scope" and isinstance(keyword.value, ast.Constant)


def async_databases(tree: Iterable[Module]) -> list[str]:
    return [
        f"{m.at(node)} {name}: sessions are synchronous here"
        for m in tree
        for node, name in imported_names(m.tree)
        if name.startswith("sqlalchemy.ext.asyncio")
    ]


def test_only_the_database_module_ends_transactions_and_makes_sessions() -> None:
    assert transactions_elsewhere(modules("app", "analysis")) == []


def test_the_one_session_dependency_commits_before_the_reply() -> None:
    assert unscoped_dependencies(modules("app")) == []
    assert SessionDep.__metadata__[0].scope == "function"


def test_sessions_are_synchronous() -> None:
    assert async_databases(modules("app")) == []


@pytest.mark.parametrize(
    "sin",
    [
        "def save(session):\n    session.commit()",
        "def undo(connection):\n    connection.rollback()",
        "def start(engine):\n    with engine.begin() as c:\n        pass",
        "def other(engine):\n    return Session(engine)",
        "import sqlalchemy\nengine = sqlalchemy.create_engine('sqlite://')",
    ],
)
def test_a_planted_transaction_is_caught(sin: str) -> None:
    assert transactions_elsewhere([module("app/responses/store.py", sin)])
    assert not transactions_elsewhere([module(OWNER, sin)])


DEPENDENCY: Final = """
def _session(request):
    yield 1
Dep = Annotated[Session, Depends(_session{scope})]
"""


@pytest.mark.parametrize(
    ("path", "scope", "is_sin"),
    [
        (OWNER, ', scope="function"', False),
        (OWNER, "", True),
        (OWNER, ', scope="request"', True),
        ("app/web/sessions.py", ', scope="function"', True),
    ],
)
def test_a_planted_session_dependency_is_caught(path: str, scope: str, is_sin: bool) -> None:  # noqa: FBT001 - a row of the table above
    found = unscoped_dependencies([module(path, DEPENDENCY.format(scope=scope))])
    assert bool(found) is is_sin


def test_a_planted_asynchronous_session_is_caught() -> None:
    sin = "from sqlalchemy.ext.asyncio import AsyncSession"
    assert async_databases([module("app/responses/store.py", sin)])


@pytest.fixture
def database_that_cannot_commit(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'full.db'}")
    with database.writing() as session:
        session.execute(text("CREATE TABLE sheet (id INTEGER PRIMARY KEY)"))
    _refuse_commits(database.engine)
    yield database
    database.dispose()


def _refuse_commits(engine: Engine) -> None:
    def refuse(_connection: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    event.listen(engine, "commit", refuse)


def _session_of_default_scope(request: Request) -> Iterator[Session]:
    database: Database = request.app.state.database
    with database.writing() as session:
        yield session


LateSessionDep = Annotated[Session, Depends(_session_of_default_scope)]


def _store(session: SessionDep) -> str:
    session.execute(text("INSERT INTO sheet DEFAULT VALUES"))
    return "thank you"


def _store_late(session: LateSessionDep) -> str:
    return _store(session)


def _status_of_a_write(database: Database, endpoint: Callable[..., str]) -> int:
    site = FastAPI()
    site.state.database = database
    site.post("/sheet")(endpoint)
    return TestClient(site, raise_server_exceptions=False).post("/sheet").status_code


def test_a_failing_commit_never_yields_success(database_that_cannot_commit: Database) -> None:
    assert _status_of_a_write(database_that_cannot_commit, _store) >= 500


def test_a_session_of_the_default_scope_would_thank_for_nothing(
    database_that_cannot_commit: Database,
) -> None:
    assert _status_of_a_write(database_that_cannot_commit, _store_late) == 200


def test_the_grouping_writer_reports_a_failing_commit(
    database_that_cannot_commit: Database,
) -> None:
    def insert(connection: object, units: list[int]) -> list[str]:
        connection.execute(text("INSERT INTO sheet DEFAULT VALUES"))
        return ["thank you"] * len(units)

    writer: GroupCommitWriter[int, str] = GroupCommitWriter(database_that_cannot_commit, insert)
    writer.start()
    try:
        with pytest.raises(Unavailable):
            asyncio.run(writer.write(1))
    finally:
        writer.stop()
