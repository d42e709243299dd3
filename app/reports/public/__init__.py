"""The result page of an initiative: an address that residents know before there is a result."""
