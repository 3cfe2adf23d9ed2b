"""What carries it: promised work, its claims and leases, and security events."""
