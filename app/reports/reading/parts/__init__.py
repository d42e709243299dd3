"""Parts of those who answered, set beside each other: areas and groups."""
