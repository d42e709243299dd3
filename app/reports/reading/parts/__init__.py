"""Parts of a report that are set beside its outcomes: areas, groups, the course, other methods."""
