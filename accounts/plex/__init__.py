"""Signing in with Plex: the PIN under way, who may enter, and what is kept of the server's list of guests."""
