"""Other ways to compare two means."""
