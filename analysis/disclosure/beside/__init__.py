"""What stands beside the comparison of two waves: comparison areas, and other waves."""
