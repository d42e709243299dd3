"""What could be worked out from a release by subtraction, and what must therefore be hidden."""
