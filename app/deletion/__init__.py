"""Deleting what was set up by mistake, as long as no resident can have met it."""
