"""`rapport create-owner`: the first way in for staff."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from app.errors import BadInput

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def create_owner(
    email: Annotated[str, typer.Option(help="The address the owner signs in with.")],
    name: Annotated[str, typer.Option(help="The owner's name, as other staff see it.")],
    agency: Annotated[
        str, typer.Option(help="Name or key of the agency; a name not yet known makes a new one.")
    ],
) -> None:
    """Let the first person in: an owner, who then invites the others on the staff pages.

    The password is asked for, or read from standing input where that is no terminal.
    """
    from app.accounts.staff import create_owner as create
    from app.cli.process.hardening import harden_process
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.settings import Settings

    harden_process()
    settings = Settings()
    database = Database(settings.database_url, pool_size=1, role="rapport_operator")
    refuse_other_schema(database)
    password = _password()
    with database.writing() as session:
        agency_id, agency_name = _agency(session, agency)
        owner = create(session, agency_id, email=email, name=name, password=password)
        typer.echo(f"{owner.name} is an owner of {agency_name} ({agency_id}).")
    database.dispose()
    typer.echo(f"Sign in at {settings.base_url.rstrip('/')}/staff/sign-in")


def _password() -> str:
    if sys.stdin.isatty():
        prompted: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return prompted
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise BadInput("No password was given: type one, or write it to standard input.")
    return password


def _agency(session: Session, wanted: str) -> tuple[str, str]:
    from app.accounts.service import create_agency, list_agencies

    found = [a for a in list_agencies(session) if wanted in {a.agency_id, a.name}]
    if len(found) > 1:
        keys = ", ".join(a.agency_id for a in found)
        raise BadInput(f"Several agencies are named {wanted!r}: name one by its key ({keys}).")
    agency = found[0] if found else create_agency(session, wanted)
    return agency.agency_id, agency.name
