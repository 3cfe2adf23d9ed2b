"""Who you are: people, sign-in, sessions and devices."""
