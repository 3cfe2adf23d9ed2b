"""What it tells you: messages to people and the ways they travel."""
