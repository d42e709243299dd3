"""`rapport audit`: does the log of staff actions hold together?"""

from __future__ import annotations

from typing import Annotated

import typer

audit = typer.Typer(help="The log of what staff did.", no_args_is_help=True)


@audit.callback()
def _group() -> None:
    """The log of what staff did."""


@audit.command("verify")
def verify(
    head: Annotated[
        str | None, typer.Option(help="The digest that somebody kept outside this computer.")
    ] = None,
) -> None:
    """Walk each agency's log and say whether an entry was altered, taken out or put in.

    Prints the last digest of each log: keep it elsewhere, and give it with --head the next time.
    """
    from app.accounts.audit import AuditBreak, AuditHead, verify_audit_log
    from app.accounts.service import list_agencies
    from app.db import Database
    from app.migrations import refuse_other_schema
    from app.settings import Settings

    database = Database(
        Settings().database_url, pool_size=1, statement_seconds=600, role="rapport_operator"
    )
    refuse_other_schema(database)
    with database.reading() as session:
        found = [
            (a.name, verify_audit_log(session, a.agency_id, head)) for a in list_agencies(session)
        ]
    database.dispose()
    for name, told in found:
        if isinstance(told, AuditBreak):
            typer.echo(f"{name}: BROKEN, {told.reason}", err=True)
        else:
            typer.echo(f"{name}: whole, {told.entries} entries\n  {told.digest}")
    whole = [told for _, told in found if isinstance(told, AuditHead)]
    is_replaced = head is not None and not any(told.holds_kept for told in whole)
    if is_replaced:
        typer.echo("No log holds the digest that was kept: a log was replaced.", err=True)
    if is_replaced or len(whole) < len(found):
        raise typer.Exit(1)
