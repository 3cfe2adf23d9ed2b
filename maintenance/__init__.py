"""How it lasts: setting up, seeding, backup and checks."""
