"""How far two waves of answers differ: a pure library that knows no database and no web."""

__version__ = "0.1.0"
