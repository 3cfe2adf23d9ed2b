"""A simulated YouTube that the real yt-dlp can be sent to, through its `proxy` option."""

from sandbox.youtube.catalogue import Catalogue, Failure, Layout, Playlist, Size, Video
from sandbox.youtube.journal import Seen
from sandbox.youtube.server import YouTube

__all__ = ["Catalogue", "Failure", "Layout", "Playlist", "Seen", "Size", "Video", "YouTube"]
