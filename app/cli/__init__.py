"""The command `rapport`: one file a command, heavy imports inside its function."""

from app.cli.program import main

__all__ = ["main"]
