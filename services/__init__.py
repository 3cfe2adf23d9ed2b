"""What it talks to: the external services, their settings and their health."""
