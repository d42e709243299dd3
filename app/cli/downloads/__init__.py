"""Commands that write files which other programs read."""
