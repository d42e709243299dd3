"""What can be handed out on a public-records request without unmasking anybody."""
