"""A simulated plex.tv: PIN sign-in with its page, accounts, households, shares and resources."""

from sandbox.plextv.server import PlexTv

__all__ = ["PlexTv"]
