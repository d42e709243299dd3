"""`rapport doctor`: looks an installation over and says what to mend."""

from __future__ import annotations

import typer


def doctor() -> None:
    """Look this installation over, change nothing, and say what to mend and how.

    Run it as the worker's account, with the worker's settings. Ends with 1 where something must be
    mended.
    """
    from app.health.examination import Level, examine
    from app.settings import WorkerSettings

    marks = {Level.FINE: "fine", Level.HEED: "HEED", Level.MEND: "MEND"}
    levels: list[Level] = []
    for found in examine(WorkerSettings()):
        levels.append(found.level)
        typer.echo(f"{marks[found.level]}  {found.part}: {found.told}")
        if found.remedy:
            typer.echo(f"      {found.remedy}")
    mend, heed = levels.count(Level.MEND), levels.count(Level.HEED)
    typer.echo(f"{mend} to mend, {heed} to heed, {levels.count(Level.FINE)} fine.")
    raise typer.Exit(1 if mend else 0)
