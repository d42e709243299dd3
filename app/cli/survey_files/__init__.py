"""Commands about the YAML file of an instrument."""
