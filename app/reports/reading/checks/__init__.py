"""What makes a headline believable: whether the comparison is fair, weights, scores."""
