"""Answers counted up, and sums of them: what estimates need, in one pass and a few numbers."""

from analysis.tally.sums import dot, products, summed
from analysis.tally.table import EVERYONE, Axes, GroupKey, Tally

__all__ = ["EVERYONE", "Axes", "GroupKey", "Tally", "dot", "products", "summed"]
