"""Checks of the samples: who was reached how, how many, and with which weights."""
