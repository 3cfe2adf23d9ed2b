"""What people choose for themselves: how they are shown, spoken to and told."""
