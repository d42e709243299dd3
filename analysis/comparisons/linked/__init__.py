"""Comparisons of people who answered in both waves."""
