"""Checks of the answers: what was left out, repeated, or sent too fast."""
