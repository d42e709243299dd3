"""Against stuffing without identifying: limits in memory, and tickets that cost time or work."""
