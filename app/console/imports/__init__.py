"""A baseline that was taken elsewhere: its file, its columns, its answers."""

from app.console.imports.pages import LIST, LONGEST_FORM, router

__all__ = ["LIST", "LONGEST_FORM", "router"]
