"""A simulated Uptime Kuma: status page, heartbeats, metrics, push in and webhooks out, in versions 1 and 2."""

from sandbox.kuma.monitors import Status
from sandbox.kuma.server import Kuma

__all__ = ["Kuma", "Status"]
