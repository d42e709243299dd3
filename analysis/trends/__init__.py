"""Three and more waves: read, weighed, guarded pair by pair, and told."""
