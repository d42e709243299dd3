"""A survey goes to a translator as a spreadsheet and comes back into its file."""
