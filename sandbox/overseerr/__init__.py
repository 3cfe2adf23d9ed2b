"""A simulated Overseerr, also as Jellyseerr 2 and Seerr 3, with the traps of the real ones."""

from sandbox.overseerr.records import MediaStatus, Permission, RequestStatus
from sandbox.overseerr.server import Overseerr

__all__ = ["MediaStatus", "Overseerr", "Permission", "RequestStatus"]
