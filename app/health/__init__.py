"""Is this installation well? For the machine that watches it, never about anybody who answers."""
