"""How long answers are kept: what is due when, and how they are erased for good."""
