"""Browsers and devices that are signed in: keeping, remembering and ending their sessions."""

from accounts.sessions.ending import end_sessions

__all__ = ["end_sessions"]
