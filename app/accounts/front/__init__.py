"""What stands at the bare address of an installation."""
