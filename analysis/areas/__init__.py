"""A comparison area: who lives where, how its answers changed, and what that says together."""
