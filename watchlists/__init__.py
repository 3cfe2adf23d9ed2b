"""What you watch: lists, states and ratings."""
