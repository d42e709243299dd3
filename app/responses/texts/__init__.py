"""What people wrote, read by reviewers; quotes that two of them have agreed on."""
