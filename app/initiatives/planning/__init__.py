"""Before anybody is asked: how many answers a change needs, and what will be tested."""
