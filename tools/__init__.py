"""Tools for those who build MediaNest; nothing here runs in an installation."""
