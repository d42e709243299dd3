"""The key of a wave that a community partner alone holds, and what the server proves about it."""
