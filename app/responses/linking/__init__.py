"""Who is one person over several waves, by a random name."""
