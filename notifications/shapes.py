"""How things are named."""

from __future__ import annotations

EVENT_SHAPE = r"^[a-z][a-z_]*(\.[a-z][a-z_]*)+$"
"""Events are named by the app that tells of them: `requests.available`."""
