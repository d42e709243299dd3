"""Comparisons that use the order of answers and not their distance."""
