"""Other ways to compare shares and categories."""
