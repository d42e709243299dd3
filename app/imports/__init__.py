"""A baseline that was taken elsewhere: read from its file, mapped by a person, kept as counted."""
