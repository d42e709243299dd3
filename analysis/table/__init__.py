"""A file of answers as columns of distinct texts: read once, block by block, before any meaning."""

from analysis.table.column import Column, shown
from analysis.table.table import Table, read_table

__all__ = ["Column", "Table", "read_table", "shown"]
