"""A simulated Plex Media Server: libraries that scan real folders, collections, playlists, posters."""

from sandbox.plex.server import Plex, ShownCollection

__all__ = ["Plex", "ShownCollection"]
