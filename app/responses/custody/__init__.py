"""What travels between the server and a partner who holds the key: sealed sheets, opened ones."""
