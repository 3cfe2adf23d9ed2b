"""A simulated TMDB: search, details, streaming services and pictures of an invented catalogue."""

from sandbox.tmdb.server import Tmdb

__all__ = ["Tmdb"]
