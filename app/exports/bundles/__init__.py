"""What is made of a report: zips that somebody else can check."""
