"""Weights: each wave brought to the same population, and what that costs."""
