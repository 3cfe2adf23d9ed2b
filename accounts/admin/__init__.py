"""People, their sign-ins, sessions and tokens in the admin."""

from accounts.admin import people, signins

__all__ = ["people", "signins"]
